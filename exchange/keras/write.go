package keras

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/freename"
)

// writer writes the layers of one network.
type writer struct {
	*builder
	network *network
	names   freename.Counts
	nodes   map[ref]*graph.Node
	open    map[ref]bool // whose inputs are being written
}

// name returns a name for a layer that no other has.
func (w *writer) name(base string) string {
	return w.names.Free(cleanName(base))
}

// node returns the output of a call, and writes what it needs.
func (w *writer) node(r ref) (*graph.Node, error) {
	if n := w.nodes[r]; n != nil {
		return n, nil
	}
	if w.open[r] {
		return nil, errors.Errorf("layer %.60q: want a graph without loops, got a layer that depends on its own output", r.layer.name)
	}
	w.open[r] = true
	if r.call >= len(r.layer.calls) {
		return nil, errors.Errorf("layer %.60q: want layers that are called, and one input, got one without inputs", r.layer.name)
	}
	var in []*graph.Node
	for _, from := range r.layer.calls[r.call] {
		n, err := w.node(from)
		if err != nil {
			return nil, err
		}
		in = append(in, n)
	}
	n, err := w.call(r.layer, in)
	if err == nil && n.Shape() == nil {
		err = graph.New("x", n, n).Err() // the node's own error
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "layer %.60q (%.60s)", r.layer.name, r.layer.Class)
	}
	w.nodes[r] = n
	return n, nil
}

// first reports whether nothing but one call of a layer takes the input of the whole model.
func (w *writer) first(l *layer) bool {
	uses := 0
	for _, other := range w.network.layers {
		for _, call := range other.calls {
			for _, from := range call {
				if from.layer == w.network.input {
					uses++
				}
			}
		}
	}
	return !w.network.within && uses == 1 && len(l.calls) == 1 && len(l.calls[0]) == 1 && l.calls[0][0].layer == w.network.input
}

// call calls a layer. One that is called several times becomes a model of its own, which shares its weights.
func (w *writer) call(l *layer, in []*graph.Node) (*graph.Node, error) {
	if l.inner == nil && (len(l.calls) < 2 || !weighted[l.Class]) {
		return w.translate(l, in)
	}
	if len(in) != 1 {
		return nil, errors.Errorf("want 1 input, got %d", len(in))
	}
	m := w.shared[l]
	if m == nil {
		var err error
		if m, err = w.separate(l, in[0].Shape()); err != nil {
			return nil, err
		}
		w.shared[l] = m
	}
	return m.ApplyAs(w.name(m.Name()), in[0]), nil
}

// separate makes the model of a nested network or of a shared layer.
func (w *writer) separate(l *layer, in graph.Shape) (*graph.Model, error) {
	if l.inner != nil {
		l.inner.within = !w.first(l)
		return w.model(l.inner, l.name, in)
	}
	one := &writer{builder: w.builder, network: w.network, names: freename.Counts{}}
	x := graph.Input(one.name(l.name+"_input"), in...)
	y, err := one.translate(l, []*graph.Node{x})
	if err != nil {
		return nil, err
	}
	m := graph.New(w.modelName(l.name), x, y)
	return m, m.Err()
}

// translate writes one layer.
func (w *writer) translate(l *layer, in []*graph.Node) (*graph.Node, error) {
	read := translators[l.Class]
	if !l.own() || read == nil {
		return nil, unsupported(l)
	}
	s, err := readSettings(l.Config)
	if err != nil {
		return nil, err
	}
	c := &call{writer: w, layer: l, settings: s, in: in}
	y := read(c)
	notes, err := s.rest()
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		w.note("layer %s: %s", l.name, n)
	}
	if p := s.policy(); p != "" && !w.dtypes[p] {
		w.dtypes[p] = true
		w.note("layer %s computes in %s in Keras, in float32 here", l.name, p)
	}
	if trainable := value(s, "trainable", true); !trainable && weighted[l.Class] {
		w.note("layer %s is frozen in Keras (trainable=False); here it is trained like all others", l.name)
	}
	return y, nil
}

// unsupported returns the error for a layer that this program lacks.
func unsupported(l *layer) error {
	if !l.own() {
		return errors.Errorf("want layers of Keras, got one of a class of its own (%.60s): what it computes is not in the file", l.Registered+l.Module)
	}
	return errors.Errorf("want a layer that is supported, got %.60s: supported are %s", l.Class, strings.Join(slices.Sorted(maps.Keys(translators)), ", "))
}

// call is a call of a layer that is being written.
type call struct {
	*writer
	layer *layer
	*settings
	in []*graph.Node
}

// one returns the only input, which has so many axes; 0 allows any number.
func (c *call) one(axes int) *graph.Node {
	if len(c.in) != 1 {
		c.fail("want 1 input, got %d", len(c.in))
		return graph.Input("x", 1)
	}
	if s := c.in[0].Shape(); axes != 0 && len(s) != axes {
		c.fail("want an input with %d axes beside the batch's, got shape %v", axes, graph.Shape(toKeras(s)))
		return graph.Input("x", slices.Repeat([]int{1}, axes)...)
	}
	return c.in[0]
}

// variable adds the next variable of the layer, in Keras's order.
func (c *call) variable(v variable) {
	v.trained = v.trained && value(c.settings, "trainable", true)
	c.variables[c.layer] = append(c.variables[c.layer], &v)
}

// then applies the layer's activation.
func (c *call) then(x *graph.Node) *graph.Node {
	if a := c.activation("activation"); a != nil {
		x = a(c.name(c.layer.name+"_activation"), x)
	}
	return c.regular(x)
}

// regular adds the regulariser of the layer's output.
func (c *call) regular(x *graph.Node) *graph.Node {
	text := c.values["activity_regularizer"]
	c.read["activity_regularizer"] = true
	if len(text) == 0 || string(text) == "null" {
		return x
	}
	var o object
	var l struct{ L1, L2 float64 }
	if json.Unmarshal(text, &o) != nil || json.Unmarshal(o.Config, &l) != nil || !o.own() || l.L1 != 0 {
		c.fail("activity_regularizer: want one of the squares alone, L2, got %.100s", text)
		return x
	}
	return graph.ActivityL2(c.name(c.layer.name+"_regularizer"), x, float32(l.L2))
}
