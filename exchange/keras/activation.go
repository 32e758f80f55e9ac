package keras

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// activate calls an activation function on a node; a nil result means the identity.
type activate func(name string, x *graph.Node) *graph.Node

// activations are Keras's activation functions that this program has, by name. Their parameters are the
// defaults of the functions, which differ from those of the layers: leaky_relu has 0.2, LeakyReLU 0.3.
var activations = map[string]activate{
	"linear":     nil,
	"elu":        func(name string, x *graph.Node) *graph.Node { return graph.ELU(name, x, 1) },
	"gelu":       graph.GELU,
	"leaky_relu": func(name string, x *graph.Node) *graph.Node { return graph.LeakyReLU(name, x, 0.2) },
	"relu":       graph.ReLU,
	"sigmoid":    graph.Sigmoid,
	"silu":       graph.SiLU,
	"softmax":    graph.Softmax,
	"softplus":   graph.Softplus,
	"swish":      graph.SiLU,
	"tanh":       graph.Tanh,
}

// findActivation finds an activation function by its name.
func findActivation(name string) (activate, error) {
	a, ok := activations[name]
	if !ok {
		return nil, errors.Errorf("want one of the activations %s, got %.60q", strings.Join(slices.Sorted(maps.Keys(activations)), ", "), name)
	}
	return a, nil
}

// activation reads a setting that is an activation: a name, a function of Keras, or a layer such as
// LeakyReLU(0.1).
func (s *settings) activation(setting string) activate {
	text := s.values[setting]
	s.read[setting] = true
	if len(text) == 0 || string(text) == "null" {
		return nil
	}
	a, err := readActivation(text)
	if err != nil {
		s.fail("%s: %v", setting, err)
	}
	return a
}

func readActivation(text json.RawMessage) (activate, error) {
	var name string
	if json.Unmarshal(text, &name) == nil {
		return findActivation(name)
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, errors.Errorf("want an activation, got %.60s", text)
	}
	if !o.own() {
		return nil, errors.Errorf("want an activation of Keras, got %.60q of the program that made the file", o.Class)
	}
	if o.Class == "function" && json.Unmarshal(o.Config, &name) == nil {
		return findActivation(name)
	}
	read := activationLayers[o.Class]
	if read == nil {
		return nil, errors.Errorf("want an activation or one of the layers %s, got %.60q", strings.Join(slices.Sorted(maps.Keys(activationLayers)), ", "), o.Class)
	}
	s, err := readSettings(o.Config)
	if err != nil {
		return nil, err
	}
	a := read(s)
	_, err = s.rest()
	return a, errors.WithMessage(err, o.Class)
}

// activationLayers are the layers that apply a function to each number, or a softmax.
var activationLayers = map[string]func(s *settings) activate{
	"LeakyReLU": leakyReLU,
	"ReLU":      reLU,
	"ELU": func(s *settings) activate {
		alpha := s.number("alpha", 1)
		return func(name string, x *graph.Node) *graph.Node { return graph.ELU(name, x, alpha) }
	},
	"Softmax": func(s *settings) activate {
		s.lastAxis(2)
		return graph.Softmax
	},
}

func leakyReLU(s *settings) activate {
	slope := s.number("negative_slope", float64(s.number("alpha", 0.3))) // alpha in Keras 2
	return func(name string, x *graph.Node) *graph.Node { return graph.LeakyReLU(name, x, slope) }
}

func reLU(s *settings) activate {
	var highest float64
	if s.get("max_value", &highest) {
		s.fail("max_value: want a ReLU without an upper bound, got %v", highest)
	}
	want(s, "threshold", 0.0, "a ReLU begins at 0 here")
	if slope := s.number("negative_slope", 0); slope != 0 {
		return func(name string, x *graph.Node) *graph.Node { return graph.LeakyReLU(name, x, slope) }
	}
	return graph.ReLU
}
