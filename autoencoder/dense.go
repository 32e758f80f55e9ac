package autoencoder

import (
	"fmt"
	"slices"

	"github.com/gorgonae/gorgonae/graph"
)

// dense builds an encoder of dense layers and its mirror image as the decoder.
func dense(o, defaults Options) (*Autoencoder, error) {
	if err := o.complete(defaults); err != nil {
		return nil, err
	}
	encoder := o.stack("encoder", o.Input, append(slices.Clone(o.Hidden), o.Latent), o.Code)
	slices.Reverse(o.Hidden)
	decoder := o.stack("decoder", o.Latent, append(slices.Clone(o.Hidden), o.Input), o.Output)
	if err := encoder.Err(); err != nil {
		return nil, err
	}
	if err := decoder.Err(); err != nil {
		return nil, err
	}
	ae := join(encoder, decoder)
	return ae, ae.Model.Err()
}

// stack is a model of dense layers of these widths, each with its activation; the last one's, the model's output's, is
// given by itself.
func (o *Options) stack(name string, in int, widths []int, last string) *graph.Model {
	input := graph.Input(name+"_input", in)
	x := input
	for i, width := range widths {
		x = graph.Dense(x, width, fmt.Sprintf("%s_dense_%d", name, i+1))
		if i == len(widths)-1 {
			x = o.activate(x, last, name+"_output")
			break
		}
		x = o.activate(x, o.Activation, fmt.Sprintf("%s_%s_%d", name, o.Activation, i+1))
		if o.Dropout != 0 {
			x = graph.Dropout(x, o.Dropout, fmt.Sprintf("%s_dropout_%d", name, i+1))
		}
	}
	return graph.New(name+"_model", input, x)
}
