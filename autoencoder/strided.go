package autoencoder

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// strided is a convolutional autoencoder as they are built today.
func strided() Architecture {
	return Architecture{
		Name:    "conv-strided",
		About:   "convolutions with stride 2 and batch norm, transposed ones back: codes of a few numbers, as deep's",
		Options: Options{Latent: 30, Activation: "silu", Code: "linear", Output: "sigmoid"},
		Training: Training{Loss: "mse:sum", Optimizer: "adam", Rate: 1e-3, Schedule: "cosine:warmup=500", Epochs: 30, Batch: 128,
			Augment: "shift=1", Binarize: "none"},
		build: Strided,
	}
}

// Strided is a convolutional autoencoder without pooling: 32 and 64 filters of 3x3 pixels that halve the image with a
// stride of 2, each with batch norm, and a dense layer to the code; the way back is the same, with transposed convolutions.
// It takes images whose height and width are multiples of 4.
func Strided(o Options) (*Autoencoder, error) {
	if err := o.complete(strided().Options); err != nil {
		return nil, err
	}
	if o.side(1)%4 != 0 || o.side(2)%4 != 0 || len(o.Image) != 3 {
		return nil, errors.Errorf("images of shape %v, want (channels, height, width) with height and width multiples of 4", o.Image)
	}
	widths := []int{32, 64}

	in := graph.Input("encoder_input", o.Image...)
	x := in
	for i, filters := range widths {
		x = graph.Conv2D(fmt.Sprintf("encoder_conv_%d", i+1), x, filters, 3, graph.Same, graph.Stride(2), graph.NoBias)
		x = o.normalised(x, "encoder", i+1)
	}
	small := x.Shape()
	x = graph.Dense("encoder_dense", graph.Flatten("encoder_flatten", x), o.Latent)
	encoder := graph.New("encoder_model", in, o.activate(x, o.Code, "encoder_output"))
	if err := encoder.Err(); err != nil {
		return nil, err
	}

	code := graph.Input("decoder_input", o.Latent)
	x = graph.Reshape("decoder_reshape", graph.Dense("decoder_dense", code, small.Size()), small...)
	x = o.normalised(x, "decoder", 0)
	x = graph.ConvTranspose2D("decoder_conv_1", x, widths[0], 3, graph.Same, graph.Stride(2), graph.NoBias)
	x = o.normalised(x, "decoder", 1)
	x = graph.ConvTranspose2D("decoder_conv_2", x, o.side(0), 3, graph.Same, graph.Stride(2))
	return join(encoder, graph.New("decoder_model", code, o.activate(x, o.Output, "decoder_output")))
}

// normalised is batch norm and activation.
func (o *Options) normalised(x *graph.Node, part string, i int) *graph.Node {
	x = graph.BatchNorm(fmt.Sprintf("%s_norm_%d", part, i), x)
	return o.activate(x, o.Activation, fmt.Sprintf("%s_%s_%d", part, o.Activation, i))
}
