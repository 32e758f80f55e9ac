package weights

import (
	"encoding/json"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// order says where the numbers of a vector lie in another library: its number j is our number
// order[j]. A nil order is ours.
type order []int

// orders finds the order of each vector in a model. Most layers keep the order of their input, so
// nodes form sets with one order. Dense layers do not keep it: their kernels take one order and give
// another.
type orders struct {
	layout Layout
	parent map[*graph.Node]*graph.Node // a set's nodes lead to its root
	fixed  map[*graph.Node]reason      // by root
	err    error
}

// reason is an order that a set must have, and the layer that wants it.
type reason struct {
	order order
	layer string
}

// findOrders finds the orders of all vectors of a model.
func findOrders(m *graph.Model, l Layout, image images.Size) (*orders, error) {
	o := &orders{layout: l, parent: map[*graph.Node]*graph.Node{}, fixed: map[*graph.Node]reason{}}
	if l == Own {
		return o, nil
	}
	for _, mm := range m.Models() {
		for _, n := range mm.Nodes()[1:] {
			o.node(n)
		}
	}
	nodes := m.Nodes()
	for _, end := range []*graph.Node{nodes[0], nodes[len(nodes)-1]} {
		if len(end.Shape()) == 1 && end.Shape()[0] == image.Channels*image.Height*image.Width {
			o.fix(end, o.flat(image), "a vector of all numbers of an image")
		}
	}
	return o, errors.WithMessagef(o.err, "model %q in the layout of %s", m.Name(), l)
}

// node says how the order of a node's output follows from its inputs.
func (o *orders) node(n *graph.Node) {
	in := n.Inputs()
	switch n.Layer().Kind() {
	case "Dense":
	case "Model":
		inner := n.Model().Nodes()
		o.unite(in[0], inner[0])
		o.unite(n, inner[len(inner)-1])
	case "Flatten", "Reshape":
		o.reshape(n, in[0].Shape(), n.Shape())
	case "LeakyReLU", "ReLU", "ELU", "SiLU", "GELU", "Sigmoid", "Tanh", "Softplus", "Softmax", "Dropout", "GaussianNoise",
		"ActivityL2", "BatchNorm", "LayerNorm", "Add", "SpatialDropout":
		for _, x := range in {
			o.unite(n, x)
		}
	default: // it may tell its numbers apart: a code, a Concat, a layer of another package
		for _, x := range append(in, n) {
			o.fix(x, nil, n.Name())
		}
	}
}

// reshape says how a Flatten or Reshape orders a vector.
func (o *orders) reshape(n *graph.Node, from, to graph.Shape) {
	in := n.Inputs()[0]
	switch {
	case len(from) == 1 && len(to) == 1:
		o.unite(n, in)
	case len(from) == 3 && len(to) == 3:
		if pixels(n) != (o.layout == Keras) && !from.Equal(to) && (from[0] > 1 || to[0] > 1) {
			o.fail(errors.Errorf("layer %q: want no image of several channels reshaped to another, which %s does in another order, got %v to %v", n.Name(), title(o.layout), from, to))
		}
	default:
		image := to
		if len(from) != 1 {
			image = from
		}
		for _, x := range []*graph.Node{in, n} {
			o.fix(x, o.flattened(image, pixels(n)), n.Name())
		}
	}
}

// pixels reports whether a Flatten or Reshape counts images pixel by pixel.
func pixels(n *graph.Node) bool {
	var config struct {
		Order graph.Order `json:"order"`
	}
	text, err := n.Config()
	return err == nil && json.Unmarshal(text, &config) == nil && config.Order == graph.PixelByPixel
}

// flattened returns the order of an image that a layer flattens or makes of a vector: Keras counts it
// pixel by pixel, PyTorch channel by channel. Ours says how we do.
func (o *orders) flattened(s graph.Shape, ours bool) order {
	if len(s) != 3 || s[0] == 1 || s[1]*s[2] == 1 || ours == (o.layout == Keras) {
		return nil
	}
	first, second := s[0], s[1]*s[2] // in our order, channels or pixels
	if ours {
		first, second = second, first
	}
	places := make(order, 0, s.Size())
	for j := range second {
		for i := range first {
			places = append(places, i*second+j)
		}
	}
	return places
}

// flat returns the order of an image that arrives as a vector: in our memory pixel by pixel.
func (o *orders) flat(s images.Size) order { return o.flattened(s.Shape(), true) }

// root returns the node that stands for a node's set.
func (o *orders) root(n *graph.Node) *graph.Node {
	for o.parent[n] != nil {
		n = o.parent[n]
	}
	return n
}

// unite says that two nodes have one order, if they are vectors.
func (o *orders) unite(a, b *graph.Node) {
	if len(a.Shape()) != 1 || len(b.Shape()) != 1 {
		return
	}
	a, b = o.root(a), o.root(b)
	if a == b {
		return
	}
	o.parent[b] = a
	if r, ok := o.fixed[b]; ok {
		o.fix(a, r.order, r.layer)
	}
}

// fix says which order a node has, if it is a vector.
func (o *orders) fix(n *graph.Node, to order, layer string) {
	if len(n.Shape()) != 1 {
		return
	}
	root := o.root(n)
	if before, ok := o.fixed[root]; ok && !slices.Equal(before.order, to) {
		o.fail(errors.Errorf("want one order of the numbers that reach %q, got that of %q and another for %q: put a Dense layer between them", n.Name(), before.layer, layer))
	} else if !ok {
		o.fixed[root] = reason{to, layer}
	}
}

// fail keeps the first error.
func (o *orders) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

func (o *orders) of(n *graph.Node) order { return o.fixed[o.root(n)].order }

// along returns the orders along the axes of a weight of a node.
func (o *orders) along(n *graph.Node, w *graph.Weight) []order {
	all := make([]order, len(w.Shape))
	switch kind := n.Layer().Kind(); {
	case kind == "Dense" && w.Local == "kernel":
		all[0], all[1] = o.of(n.Inputs()[0]), o.of(n)
	case kind == "Dense", len(n.Shape()) == 1 && (kind == "BatchNorm" || kind == "LayerNorm"):
		all[0] = o.of(n)
	}
	return all
}
