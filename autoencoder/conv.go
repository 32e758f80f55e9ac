package autoencoder

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// conv is the small convolutional autoencoder that every framework shows.
func conv() Architecture {
	return Architecture{
		Name:    "conv",
		About:   "convolutions of 16, 8, 8 filters and back, 4,385 parameters: codes of 8 channels, an eighth as high and wide",
		Options: Options{Activation: "silu", Output: "sigmoid"},
		Training: Training{Loss: "bce", Optimizer: "adam", Rate: 0.02, Schedule: "cosine:warmup=500", Epochs: 40, Batch: 16,
			Augment: "none", Binarize: "none"},
		build: Conv,
	}
}

// Conv is the convolutional autoencoder of the Keras blog (Chollet 2016, "Building autoencoders in Keras"): an encoder of
// 16, 8 and 8 filters of 3x3 pixels, each layer followed by max pooling, 28-14-7-4, and a decoder that enlarges twofold
// three times. It takes images whose height and width are both multiples of 8, or both 4 more than that. Its codes are
// images of 8 channels, an eighth as high and wide, rounded up; its weights do not depend on the size of the images.
func Conv(o Options) (*Autoencoder, error) {
	if err := o.complete(conv().Options); err != nil {
		return nil, err
	}
	// Two of 28's three halvings are exact, of 7 pixels become 4: to come back from 16 to 14, one layer pads nothing.
	last := graph.Same
	switch h, w := o.side(1)%8, o.side(2)%8; {
	case h == 4 && w == 4:
		last = graph.Valid
	case h != 0 || w != 0 || len(o.Image) != 3:
		return nil, errors.Errorf("images of shape %v, want (channels, height, width) with height and width both multiples of 8, or both 4 more", o.Image)
	}

	in := graph.Input("encoder_input", o.Image...)
	x := in
	for i, filters := range []int{16, 8, 8} {
		x = graph.Conv2D(fmt.Sprintf("encoder_conv_%d", i+1), x, filters, 3, graph.Same)
		x = o.activate(x, o.Activation, fmt.Sprintf("encoder_%s_%d", o.Activation, i+1))
		x = graph.MaxPool2D(fmt.Sprintf("encoder_pool_%d", i+1), x, 2, 2, graph.Same)
	}
	encoder := graph.New("encoder_model", in, x)
	if err := encoder.Err(); err != nil {
		return nil, err
	}

	code := graph.Input("decoder_input", encoder.Out()...)
	x = code
	for i, padding := range []graph.Padding{graph.Same, graph.Same, last} {
		x = graph.Conv2D(fmt.Sprintf("decoder_conv_%d", i+1), x, []int{8, 8, 16}[i], 3, padding)
		x = o.activate(x, o.Activation, fmt.Sprintf("decoder_%s_%d", o.Activation, i+1))
		x = graph.UpSample2D(fmt.Sprintf("decoder_up_%d", i+1), x, 2, graph.Nearest)
	}
	x = graph.Conv2D("decoder_conv_4", x, o.side(0), 3, graph.Same)
	return join(encoder, graph.New("decoder_model", code, o.activate(x, o.Output, "decoder_output")))
}
