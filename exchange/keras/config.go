package keras

import (
	"bytes"
	"encoding/json"
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
	within      bool // another network, so that its input need not be that of the whole model
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
	seen := map[string]bool{}
	for i, spec := range c.Layers {
		l, err := spec.layer(depth)
		if err != nil {
			return nil, err
		}
		if seen[l.name] {
			return nil, errors.Errorf("want a different name for each layer, got %.60q twice", l.name)
		}
		seen[l.name] = true
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
