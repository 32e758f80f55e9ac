package autoencoder

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Options are what can be changed about Tutorial. The zero value is the tutorial itself, but for the input's size.
type Options struct {
	Input      int     // numbers of an example: 784 for MNIST
	Hidden     []int   // widths of the encoder's hidden layers, mirrored in the decoder; none given: 300
	Latent     int     // numbers of a code; 0: 2
	Activation string  // after hidden layers, a name of Activations; empty: "leakyrelu"
	Slope      float32 // of every LeakyReLU; 0: 0.3
	Dropout    float32 // share of the elements dropped after every hidden activation; 0: no dropout layers
	Sigmoid    bool    // end the decoder in Sigmoid, as binary cross-entropy wants it, instead of LeakyReLU
}

var activations = map[string]func(x *graph.Node, slope float32, name string) *graph.Node{
	"leakyrelu": graph.LeakyReLU,
	"relu":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.ReLU(x, name) },
	"elu":       func(x *graph.Node, _ float32, name string) *graph.Node { return graph.ELU(x, 1, name) },
	"silu":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.SiLU(x, name) },
	"gelu":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.GELU(x, name) },
	"sigmoid":   func(x *graph.Node, _ float32, name string) *graph.Node { return graph.Sigmoid(x, name) },
	"tanh":      func(x *graph.Node, _ float32, name string) *graph.Node { return graph.Tanh(x, name) },
	"softplus":  func(x *graph.Node, _ float32, name string) *graph.Node { return graph.Softplus(x, name) },
}

// Activations are the names that Options.Activation takes.
func Activations() []string { return slices.Sorted(maps.Keys(activations)) }

// Tutorial is the autoencoder of the Keras tutorial, 784-300-2-300-784: dense layers, each followed by a LeakyReLU of
// slope 0.3, the latent's and the output's too.
func Tutorial(o Options) (*Autoencoder, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	encoder := o.stack("encoder", o.Input, append(slices.Clone(o.Hidden), o.Latent), false)
	slices.Reverse(o.Hidden)
	decoder := o.stack("decoder", o.Latent, append(slices.Clone(o.Hidden), o.Input), o.Sigmoid)
	if err := encoder.Err(); err != nil {
		return nil, err
	}
	if err := decoder.Err(); err != nil {
		return nil, err
	}
	ae := join(encoder, decoder)
	return ae, ae.Model.Err()
}

func (o *Options) complete() error {
	o.Hidden = slices.Clone(o.Hidden)
	if len(o.Hidden) == 0 {
		o.Hidden = []int{300}
	}
	if o.Latent == 0 {
		o.Latent = 2
	}
	if o.Slope == 0 {
		o.Slope = 0.3
	}
	if o.Activation == "" {
		o.Activation = "leakyrelu"
	}
	switch {
	case o.Input < 1:
		return errors.Errorf("examples of %d numbers, want at least 1", o.Input)
	case slices.Min(o.Hidden) < 1:
		return errors.Errorf("hidden layers of widths %v, want each at least 1", o.Hidden)
	case o.Latent < 1:
		return errors.Errorf("a code of %d numbers, want at least 1", o.Latent)
	case activations[o.Activation] == nil:
		return errors.Errorf("unknown activation %q, want one of %s", o.Activation, strings.Join(Activations(), ", "))
	}
	return nil
}

// stack is a model of dense layers of these widths, each with its activation; the last is the model's output.
func (o *Options) stack(name string, in int, widths []int, sigmoid bool) *graph.Model {
	input := graph.Input(name+"_input", in)
	x := input
	for i, width := range widths {
		x = graph.Dense(x, width, fmt.Sprintf("%s_dense_%d", name, i+1))
		switch {
		case i < len(widths)-1:
			x = activations[o.Activation](x, o.Slope, fmt.Sprintf("%s_%s_%d", name, o.Activation, i+1))
			if o.Dropout != 0 {
				x = graph.Dropout(x, o.Dropout, fmt.Sprintf("%s_dropout_%d", name, i+1))
			}
		case sigmoid:
			x = graph.Sigmoid(x, name+"_output")
		default:
			x = graph.LeakyReLU(x, o.Slope, name+"_output")
		}
	}
	return graph.New(name+"_model", input, x)
}
