package keras

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/pkg/errors"
)

// connect reads the calls of a layer.
func (l *layer) connect(byName map[string]*layer) error {
	if len(l.Inbound) == 0 {
		return nil
	}
	var calls []json.RawMessage
	if err := json.Unmarshal(l.Inbound, &calls); err != nil {
		return errors.Wrap(err, "calls")
	}
	for _, text := range calls {
		all, err := l.readCall(text)
		if err != nil {
			return err
		}
		var inputs []ref
		for _, h := range all {
			from := byName[h.name]
			if from == nil {
				return errors.Errorf("want an input from a layer of the model, got %.60q", h.name)
			}
			inputs = append(inputs, ref{from, h.call})
		}
		l.calls = append(l.calls, inputs)
	}
	return nil
}

// settle replaces the numbers of calls in the inputs, once all calls are known.
func (n *network) settle() error {
	for _, l := range n.layers {
		for _, inputs := range l.calls {
			for i, in := range inputs {
				out, err := in.layer.output(history{name: in.layer.name, call: in.call}, in.layer.legacy())
				if err != nil {
					return errors.WithMessagef(err, "layer %.60q", l.name)
				}
				inputs[i] = out
			}
		}
	}
	return nil
}

// readCall reads the inputs of one call: as Keras 3 writes it, with the arguments of a Python call, or as
// Keras 2 did, a list of inputs.
func (l *layer) readCall(text json.RawMessage) (all []history, err error) {
	var call struct {
		Args   []json.RawMessage          `json:"args"`
		Kwargs map[string]json.RawMessage `json:"kwargs"`
	}
	if json.Unmarshal(text, &call) != nil {
		return l.readCall2(text)
	}
	for _, arg := range call.Args {
		if all, err = tensors(all, arg, 0); err != nil {
			return nil, err
		}
	}
	return all, l.checkKwargs(call.Kwargs)
}

// readCall2 reads [["name", 0, 0, {}], ...].
func (l *layer) readCall2(text json.RawMessage) (all []history, err error) {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, errors.Errorf("want a list of inputs, got %.60s", text)
	}
	if h, ok := readHistory(text); ok { // one input alone, without a list around it
		return []history{h}, nil
	}
	for _, one := range list {
		h, ok := readHistory(one)
		if !ok {
			return nil, errors.Errorf("want the name of a layer and two numbers as an input, got %.60s: a constant cannot be an input", one)
		}
		var parts []json.RawMessage
		var kwargs map[string]json.RawMessage
		if json.Unmarshal(one, &parts) == nil && len(parts) == 4 {
			if err := json.Unmarshal(parts[3], &kwargs); err != nil {
				return nil, errors.Wrap(err, "arguments of a call")
			}
		}
		if err := l.checkKwargs(kwargs); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// checkKwargs refuses arguments of a call that mean something. A mask of null and a training of null mean
// nothing. For the layers of noise, Keras 3.15 writes down that a model is built outside of training.
func (l *layer) checkKwargs(kwargs map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(kwargs)) {
		v := string(kwargs[name])
		if v != "null" && !(name == "training" && v == "false" && noisy[l.Class]) {
			return errors.Errorf("want a call without further arguments, got %.60s=%.60s: build the model without it", name, v)
		}
	}
	return nil
}

// noisy are the layers that do nothing outside of training.
var noisy = map[string]bool{"Dropout": true, "SpatialDropout2D": true, "GaussianNoise": true}

// tensors collects the tensors in an argument of a call, in their order.
func tensors(all []history, arg json.RawMessage, depth int) ([]history, error) {
	var list []json.RawMessage
	if json.Unmarshal(arg, &list) == nil && depth < maxDepth {
		var err error
		for _, one := range list {
			if all, err = tensors(all, one, depth+1); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	var o object
	var c struct {
		History json.RawMessage `json:"keras_history"`
	}
	if json.Unmarshal(arg, &o) == nil && o.Class == "__keras_tensor__" && json.Unmarshal(o.Config, &c) == nil {
		if h, ok := readHistory(c.History); ok {
			return append(all, h), nil
		}
	}
	return nil, errors.Errorf("want the outputs of layers as the inputs of a call, got %.60s", arg)
}
