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
	encoder, decoder := o.encoder(), o.decoder()
	return join(encoder, decoder)
}

// encoder is a model of dense layers, the code last.
func (o *Options) encoder() *graph.Model {
	x := graph.Input("encoder_input", o.Input)
	return graph.New("encoder_model", x, o.stack(x, "encoder", append(slices.Clone(o.Hidden), o.Latent), o.Code))
}

// decoder is the encoder's mirror image.
func (o *Options) decoder() *graph.Model {
	widths := append(slices.Clone(o.Hidden), o.Input)
	slices.Reverse(widths[:len(o.Hidden)])
	x := graph.Input("decoder_input", o.Latent)
	return graph.New("decoder_model", x, o.stack(x, "decoder", widths, o.Output))
}

// stack is dense layers of these widths on x, each with its activation; the last one's is given by itself.
func (o *Options) stack(x *graph.Node, name string, widths []int, last string) *graph.Node {
	for i, width := range widths {
		x = graph.Dense(fmt.Sprintf("%s_dense_%d", name, i+1), x, width)
		if i == len(widths)-1 {
			x = o.activate(x, last, name+"_output")
			break
		}
		x = o.activate(x, o.Activation, fmt.Sprintf("%s_%s_%d", name, o.Activation, i+1))
		if o.Dropout != 0 {
			x = graph.Dropout(fmt.Sprintf("%s_dropout_%d", name, i+1), x, o.Dropout)
		}
	}
	return x
}
