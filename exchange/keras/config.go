package keras

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Bounds of what a configuration may ask for, so that a hostile one costs little.
const (
	maxConfig = 64 << 20 // bytes of JSON
	maxDepth  = 32       // models within models
	maxLayers = 1 << 16  // of one model
)

// object is how Keras writes a layer, a model, an activation or an optimizer: a class and its settings.
type object struct {
	Module     string          `json:"module"`
	Class      string          `json:"class_name"`
	Config     json.RawMessage `json:"config"`
	Registered string          `json:"registered_name"`
	Name       string          `json:"name"`
	Inbound    json.RawMessage `json:"inbound_nodes"`
	Build      json.RawMessage `json:"build_config"`
	Compile    json.RawMessage `json:"compile_config"`
}

// own reports whether the class is one of Keras. A program's own class may have the same name.
func (o *object) own() bool {
	return !strings.Contains(o.Registered, ">") &&
		(o.Module == "" || o.Module == "builtins" || o.Module == "keras" || strings.HasPrefix(o.Module, "keras.") || strings.HasPrefix(o.Module, "tf_keras."))
}

// network is a Sequential or functional model: layers, and the calls of them.
type network struct {
	name, class string
	layers      []*layer // in the order in which Keras keeps them
	input       *layer   // one of layers
	output      ref
}

// layer is one layer of a network, with all calls of it. Its weights are the same in every call.
type layer struct {
	object
	name  string
	inner *network // of a nested model, or nil
	calls [][]ref  // the inputs of each call
}

// ref is the output of a call of a layer.
type ref struct {
	layer *layer
	call  int
}

// isModel reports whether an object is a model, and of which kind.
func (o *object) isModel() bool {
	switch o.Class {
	case "Functional", "Model", "Sequential":
		return o.own()
	}
	return false
}

// readNetwork reads a model's configuration.
func readNetwork(text []byte) (*network, *object, error) {
	if len(text) > maxConfig {
		return nil, nil, errors.Errorf("want a configuration of at most %d MB, got %d bytes", maxConfig>>20, len(text))
	}
	o := &object{}
	if err := decode(text, o); err != nil {
		return nil, nil, err
	}
	n, err := o.network(0)
	return n, o, err
}

// decode reads one JSON value.
func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	return errors.WithStack(d.Decode(into))
}

func (o *object) network(depth int) (n *network, err error) {
	switch {
	case depth > maxDepth:
		return nil, errors.Errorf("want models at most %d deep within one another, got more", maxDepth)
	case !o.isModel():
		return nil, errors.Errorf("want a Sequential or functional model of Keras, got an object of class %.60q: %s", o.Class,
			"a model of a class of its own has no list of its calls; call it on a keras.Input, and save keras.Model(input, output)")
	}
	if o.Class == "Sequential" {
		n, err = o.sequential(depth)
	} else {
		n, err = o.functional(depth)
	}
	return n, errors.WithMessagef(err, "model %.60q", o.nameIn())
}

// nameIn returns the name in the configuration, or else the one beside it.
func (o *object) nameIn() string {
	var c struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(o.Config, &c) == nil && c.Name != "" {
		return c.Name
	}
	return o.Name
}

// layer reads a layer with what is within it.
func (o object) layer(depth int) (*layer, error) {
	l := &layer{object: o, name: o.nameIn()}
	if o.Name != "" { // the name that inbound nodes use
		l.name = o.Name
	}
	if l.name == "" {
		return nil, errors.Errorf("want a name for every layer, got none for one of class %.60q", o.Class)
	}
	var err error
	if o.isModel() {
		l.inner, err = o.network(depth + 1)
	}
	return l, err
}

// sequential reads a Sequential model: each layer is called on the one before.
func (o *object) sequential(depth int) (*network, error) {
	var c struct {
		Name   string          `json:"name"`
		Layers []object        `json:"layers"`
		Build  json.RawMessage `json:"build_input_shape"`
	}
	if err := json.Unmarshal(o.Config, &c); err != nil {
		if json.Unmarshal(o.Config, &c.Layers) != nil { // Keras before 2.2.3 has a list alone
			return nil, errors.WithStack(err)
		}
	}
	n := &network{name: c.Name, class: o.Class}
	if len(c.Layers) > maxLayers {
		return nil, errors.Errorf("want at most %d layers, got %d", maxLayers, len(c.Layers))
	}
	for i, spec := range c.Layers {
		l, err := spec.layer(depth)
		if err != nil {
			return nil, err
		}
		if l.Class == "InputLayer" {
			if i > 0 {
				return nil, errors.Errorf("want the input as the first layer, got %.60q after others", l.name)
			}
			n.input = l
		} else if n.input == nil {
			n.input = beginning(c.Build, o.Build, l)
			n.layers = append(n.layers, n.input)
		}
		if i > 0 || l != n.input {
			l.calls = [][]ref{{n.last()}}
		}
		n.layers = append(n.layers, l)
	}
	if len(n.layers) < 2 {
		return nil, errors.Errorf("want at least one layer after the input, got %d", max(0, len(n.layers)-1))
	}
	n.output = n.last()
	return n, nil
}

// last returns the output of the last layer of a Sequential model.
func (n *network) last() ref { return ref{layer: n.layers[len(n.layers)-1]} }

// beginning makes the input of a Sequential model that lists none. Its shape is where the version of
// Keras left it; a model without any is refused when it is built.
func beginning(shape, build json.RawMessage, first *layer) *layer {
	var c struct {
		Batch json.RawMessage `json:"batch_input_shape"`
	}
	var b struct {
		Shape json.RawMessage `json:"input_shape"`
	}
	for _, find := range []func() json.RawMessage{
		func() json.RawMessage { return shape },
		func() json.RawMessage { json.Unmarshal(first.Config, &c); return c.Batch },
		func() json.RawMessage { json.Unmarshal(build, &b); return b.Shape },
		func() json.RawMessage { json.Unmarshal(first.Build, &b); return b.Shape },
		func() json.RawMessage { // a model that begins with a model
			if first.inner != nil {
				json.Unmarshal(first.inner.input.Config, &c)
			}
			return c.Batch
		},
	} {
		if text := find(); len(text) > 0 && text[0] == '[' {
			shape = text
			break
		}
	}
	config, err := json.Marshal(map[string]json.RawMessage{"batch_shape": shape})
	if err != nil || len(shape) == 0 {
		config = []byte("{}")
	}
	return &layer{object: object{Class: "InputLayer", Config: config}, name: first.name + "_input"}
}

// functional reads a functional model.
func (o *object) functional(depth int) (*network, error) {
	var c struct {
		Name    string          `json:"name"`
		Layers  []object        `json:"layers"`
		Inputs  json.RawMessage `json:"input_layers"`
		Outputs json.RawMessage `json:"output_layers"`
	}
	if err := json.Unmarshal(o.Config, &c); err != nil {
		return nil, errors.WithStack(err)
	}
	if len(c.Layers) > maxLayers {
		return nil, errors.Errorf("want at most %d layers, got %d", maxLayers, len(c.Layers))
	}
	if c.Layers == nil || c.Inputs == nil || c.Outputs == nil {
		return nil, errors.New("want a functional model with its layers, inputs and outputs, got none: a model of a class of its own cannot be read; call it on a keras.Input, and save keras.Model(input, output)")
	}
	n := &network{name: c.Name, class: o.Class}
	byName := map[string]*layer{}
	for _, spec := range c.Layers {
		l, err := spec.layer(depth)
		if err != nil {
			return nil, err
		}
		if byName[l.name] != nil {
			return nil, errors.Errorf("want a different name for each layer, got %.60q twice", l.name)
		}
		byName[l.name] = l
		n.layers = append(n.layers, l)
	}
	for _, l := range n.layers {
		if err := l.connect(byName); err != nil {
			return nil, errors.WithMessagef(err, "layer %.60q", l.name)
		}
	}
	if err := n.settle(); err != nil {
		return nil, err
	}
	in, err := n.end("input", c.Inputs, byName)
	if err != nil {
		return nil, err
	}
	if n.input = in.layer; n.input.Class != "InputLayer" {
		return nil, errors.Errorf("want an InputLayer as the input, got %.60q of class %.60q", n.input.name, n.input.Class)
	}
	n.output, err = n.end("output", c.Outputs, byName)
	return n, err
}

// end reads the only input or output of a functional model: ["name", 0, 0], or a list with one of them.
func (n *network) end(what string, text json.RawMessage, byName map[string]*layer) (ref, error) {
	all, err := ends(text, 0)
	if err != nil {
		return ref{}, errors.WithMessage(err, what)
	}
	if len(all) != 1 {
		var names []string
		for _, h := range all {
			names = append(names, fmt.Sprintf("%.60q", h.name))
		}
		return ref{}, errors.Errorf("want a model with one %s, got one with %d: %s; save keras.Model(...) with one of them", what, len(all), strings.Join(names, ", "))
	}
	l := byName[all[0].name]
	if l == nil {
		return ref{}, errors.Errorf("want one of the layers as the %s, got %.60q", what, all[0].name)
	}
	// Keras counts the outputs of functional models within from 1: once they began with a call of their own.
	return l.output(all[0], l.inner != nil && l.inner.class != "Sequential" || l.legacy())
}

// legacy reports whether the calls are written as Keras 2 did, who also counts the calls of a nested model from 1.
func (l *layer) legacy() bool {
	return l.inner != nil && len(l.Inbound) > 2 && l.Inbound[0] == '[' && bytes.HasPrefix(bytes.TrimLeft(l.Inbound[1:], " \n\t"), []byte("["))
}

// output finds the output that a history names. from1 says that calls are counted from 1.
func (l *layer) output(h history, from1 bool) (ref, error) {
	if from1 && h.call > 0 {
		h.call--
	}
	if calls := max(len(l.calls), 1); h.call < 0 || h.call >= calls {
		return ref{}, errors.Errorf("want a call of layer %.60q, which has %d, got number %d", l.name, calls, h.call)
	}
	if h.tensor != 0 {
		return ref{}, errors.Errorf("want layers with one output, got output %d of %.60q", h.tensor+1, l.name)
	}
	return ref{l, h.call}, nil
}

// history is where a tensor comes from: a layer, the number of its call, the number of the output.
type history struct {
	name         string
	call, tensor int
}

// ends reads the inputs or the outputs of a model, however they are nested in lists or named.
func ends(text json.RawMessage, depth int) (all []history, err error) {
	if h, ok := readHistory(text); ok {
		return []history{h}, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		var named map[string]json.RawMessage
		if json.Unmarshal(text, &named) != nil {
			return nil, errors.Errorf("want a layer's name and two numbers, got %.60s", text)
		}
		for _, key := range slices.Sorted(maps.Keys(named)) {
			list = append(list, named[key])
		}
	}
	if depth > maxDepth {
		return nil, errors.New("want lists that are not so deep")
	}
	for _, one := range list {
		more, err := ends(one, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// readHistory reads ["name", 0, 0] or, as Keras 2 writes inputs of calls, ["name", 0, 0, {}].
func readHistory(text json.RawMessage) (h history, ok bool) {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil || len(list) < 3 || len(list) > 4 {
		return h, false
	}
	ok = json.Unmarshal(list[0], &h.name) == nil && json.Unmarshal(list[1], &h.call) == nil && json.Unmarshal(list[2], &h.tensor) == nil
	return h, ok
}
