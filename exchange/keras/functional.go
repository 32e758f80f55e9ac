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
