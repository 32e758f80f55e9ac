package autoencoder

import (
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Options are what can be changed about an architecture. The zero value is the architecture itself, but for the size of
// the examples.
type Options struct {
	Input      int         // numbers of an example: 784 for MNIST
	Image      graph.Shape // the same as (channels, height, width), for architectures that see images
	Hidden     []int       // widths of the encoder's hidden layers, mirrored in the decoder
	Latent     int         // numbers of a code
	Activation string      // after hidden layers, a name of Activations
	Code       string      // after the code, such a name
	Output     string      // after the last layer, such a name: "sigmoid" where the loss is binary cross-entropy
	Slope      float32     // of every LeakyReLU
	Dropout    float32     // share of the elements dropped after every hidden activation; 0: no dropout layers
	Noise      float32     // of Denoising: standard deviation of the noise on the input
	Divergence float32     // of VAE: weight of the divergence in the loss
}

var activations = map[string]func(x *graph.Node, slope float32, name string) *graph.Node{
	"linear":    func(x *graph.Node, _ float32, _ string) *graph.Node { return x },
	"leakyrelu": graph.LeakyReLU,
	"relu":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.ReLU(x, name) },
	"elu":       func(x *graph.Node, _ float32, name string) *graph.Node { return graph.ELU(x, 1, name) },
	"silu":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.SiLU(x, name) },
	"gelu":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.GELU(x, name) },
	"sigmoid":   func(x *graph.Node, _ float32, name string) *graph.Node { return graph.Sigmoid(x, name) },
	"tanh":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.Tanh(x, name) },
	"softplus":  func(x *graph.Node, _ float32, name string) *graph.Node { return graph.Softplus(x, name) },
}

// Activations are the names of activations; "linear" is none.
func Activations() []string { return slices.Sorted(maps.Keys(activations)) }

// activate applies an activation by its name.
func (o *Options) activate(x *graph.Node, activation, name string) *graph.Node {
	return activations[activation](x, o.Slope, name)
}

// complete fills in what the options leave out and refuses what makes no sense.
func (o *Options) complete(defaults Options) error {
	if len(o.Hidden) == 0 {
		o.Hidden = defaults.Hidden
	}
	o.Hidden = slices.Clone(o.Hidden)
	if o.Latent == 0 {
		o.Latent = defaults.Latent
	}
	if o.Slope == 0 {
		o.Slope = 0.3
	}
	if o.Dropout == 0 {
		o.Dropout = defaults.Dropout
	}
	for _, own := range []struct {
		value    *float32
		standard float32
		name     string
	}{{&o.Noise, defaults.Noise, "noise on its input"}, {&o.Divergence, defaults.Divergence, "divergence to weight"}} {
		switch {
		case *own.value == 0:
			*own.value = own.standard
		case own.standard == 0:
			return errors.Errorf("it has no %s, got %v", own.name, *own.value)
		}
	}
	for _, name := range []struct {
		of       *string
		standard string
	}{{&o.Activation, defaults.Activation}, {&o.Code, defaults.Code}, {&o.Output, defaults.Output}} {
		if *name.of == "" {
			*name.of = name.standard
		}
		if activations[*name.of] == nil {
			return errors.Errorf("unknown activation %q, want one of %s", *name.of, strings.Join(Activations(), ", "))
		}
	}
	switch {
	case o.Input < 1:
		return errors.Errorf("examples of %d numbers, want at least 1", o.Input)
	case slices.ContainsFunc(o.Hidden, func(width int) bool { return width < 1 }):
		return errors.Errorf("hidden layers of widths %v, want each at least 1", o.Hidden)
	case o.Latent < 1:
		return errors.Errorf("a code of %d numbers, want at least 1", o.Latent)
	}
	return nil
}
