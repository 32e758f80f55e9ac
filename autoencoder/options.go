package autoencoder

import (
	"cmp"
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
	Noise      float32     // of Denoising: standard deviation of the noise on the input; 0: the architecture's
	Divergence float32     // of VAE: weight of the divergence in the loss; 0: the architecture's
}

var activations = map[string]func(name string, x *graph.Node, slope float32) *graph.Node{
	"linear":    func(_ string, x *graph.Node, _ float32) *graph.Node { return x },
	"leakyrelu": graph.LeakyReLU,
	"relu":      func(name string, x *graph.Node, _ float32) *graph.Node { return graph.ReLU(name, x) },
	"elu":       func(name string, x *graph.Node, _ float32) *graph.Node { return graph.ELU(name, x, 1) },
	"silu":      func(name string, x *graph.Node, _ float32) *graph.Node { return graph.SiLU(name, x) },
	"gelu":      func(name string, x *graph.Node, _ float32) *graph.Node { return graph.GELU(name, x) },
	"sigmoid":   func(name string, x *graph.Node, _ float32) *graph.Node { return graph.Sigmoid(name, x) },
	"tanh":      func(name string, x *graph.Node, _ float32) *graph.Node { return graph.Tanh(name, x) },
	"softplus":  func(name string, x *graph.Node, _ float32) *graph.Node { return graph.Softplus(name, x) },
}

// Activations are the names of activations; "linear" is none.
func Activations() []string { return slices.Sorted(maps.Keys(activations)) }

// side is an axis of the image.
func (o *Options) side(axis int) int {
	if len(o.Image) != 3 {
		return 0
	}
	return o.Image[axis]
}

// activate applies an activation by its name.
func (o *Options) activate(x *graph.Node, activation, name string) *graph.Node {
	return activations[activation](name, x, o.Slope)
}

// complete fills in what the options leave out and refuses what makes no sense. What is zero in the defaults is nothing
// that the architecture has, but for dropout, which goes with hidden layers.
func (o *Options) complete(defaults Options) error {
	if err := o.refuse(defaults); err != nil {
		return err
	}
	if len(o.Hidden) == 0 {
		o.Hidden = defaults.Hidden
	}
	o.Hidden = slices.Clone(o.Hidden)
	if len(o.Image) > 0 {
		o.Input = cmp.Or(o.Input, o.Image.Size())
	}
	o.Latent = cmp.Or(o.Latent, defaults.Latent)
	o.Slope = cmp.Or(o.Slope, 0.3)
	o.Noise = cmp.Or(o.Noise, defaults.Noise)
	o.Divergence = cmp.Or(o.Divergence, defaults.Divergence)
	o.Activation = cmp.Or(o.Activation, defaults.Activation)
	o.Code = cmp.Or(o.Code, defaults.Code, "linear")
	o.Output = cmp.Or(o.Output, defaults.Output)
	for _, name := range []string{o.Activation, o.Code, o.Output} {
		if activations[name] == nil {
			return errors.Errorf("unknown activation %q, want one of %s", name, strings.Join(Activations(), ", "))
		}
	}
	switch {
	case o.Input < 1:
		return errors.Errorf("examples of %d numbers, want at least 1", o.Input)
	case len(o.Image) > 0 && o.Input != o.Image.Size():
		return errors.Errorf("examples of %d numbers and images of shape %v, want one size", o.Input, o.Image)
	case slices.ContainsFunc(o.Hidden, func(width int) bool { return width < 1 }):
		return errors.Errorf("hidden layers of widths %v, want each at least 1", o.Hidden)
	case o.Latent < 1 && defaults.Latent > 0:
		return errors.Errorf("a code of %d numbers, want at least 1", o.Latent)
	}
	return nil
}

// refuse refuses options that the architecture does not have.
func (o *Options) refuse(defaults Options) error {
	switch {
	case len(o.Hidden) > 0 && len(defaults.Hidden) == 0:
		return errors.Errorf("the widths of its layers are fixed: want no hidden layers to be named, got %v", o.Hidden)
	case o.Dropout != 0 && len(defaults.Hidden) == 0:
		return errors.Errorf("it has no dropout, got a share of %v", o.Dropout)
	case o.Latent != 0 && defaults.Latent == 0:
		return errors.Errorf("the size of its code follows from the image's, got a code of %d numbers", o.Latent)
	case o.Code != "" && defaults.Code == "":
		return errors.Errorf("it has no activation after the code, got %q", o.Code)
	case o.Noise != 0 && defaults.Noise == 0:
		return errors.Errorf("it has no noise on its input, got %v", o.Noise)
	case o.Divergence != 0 && defaults.Divergence == 0:
		return errors.Errorf("it has no divergence to weight, got %v", o.Divergence)
	}
	return nil
}
