package autoencoder

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

func conv() Architecture {
	return Architecture{
		Name:  "conv",
		About: "convolutions of 16, 8, 8 filters and back, 4,385 parameters: codes of 8 channels, an eighth as high and wide",
		New:   func() Config { return NewConv() },
		Training: Training{Loss: train.BinaryCrossEntropy(), Optimizer: train.NewAdam(0.02),
			Schedule: train.Cosine{Warmup: 500}, Epochs: 40, Batch: 16},
		Trial: graph.Shape{1, 8, 8},
		Without: map[string]string{
			"hidden": "the widths of its layers are fixed",
			"latent": "the size of its code follows from the image's",
		},
	}
}

// Conv is the convolutional autoencoder of the Keras blog (Chollet 2016, "Building autoencoders in
// Keras"). The encoder has 16, 8 and 8 filters of 3x3 pixels, each layer with max pooling after it:
// 28-14-7-4. The decoder doubles height and width three times. Codes are images of 8 channels, an
// eighth as high and wide, rounded up. The weights do not depend on the size of the images.
type Conv struct{ Nonlinearity }

// NewConv returns the blog's network with SiLU in place of ReLU.
func NewConv() *Conv {
	return &Conv{Nonlinearity{Activation: SiLU, Output: Sigmoid, Slope: 0.3}}
}

// Build builds the models for images whose height and width are both multiples of 8, or both 4
// more. The function Build pads other images to these sizes.
func (c *Conv) Build(image graph.Shape) (*Autoencoder, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	last, err := lastPadding(image)
	if err != nil {
		return nil, err
	}

	in := graph.Input("encoder_input", image...) // (channels, height, width)
	x := in
	for i, filters := range []int{16, 8, 8} {
		x = graph.Conv2D(fmt.Sprintf("encoder_conv_%d", i+1), x, filters, 3, graph.Same)
		x = c.Activation.Apply(fmt.Sprintf("encoder_%s_%d", c.Activation, i+1), x, c.Slope)
		x = graph.MaxPool2D(fmt.Sprintf("encoder_pool_%d", i+1), x, 2, 2, graph.Same)
	}
	encoder := graph.New("encoder_model", in, x) // (8, height/8, width/8)

	code := graph.Input("decoder_input", x.Shape()...)
	x = code
	for i, padding := range []graph.Padding{graph.Same, graph.Same, last} {
		x = graph.Conv2D(fmt.Sprintf("decoder_conv_%d", i+1), x, []int{8, 8, 16}[i], 3, padding)
		x = c.Activation.Apply(fmt.Sprintf("decoder_%s_%d", c.Activation, i+1), x, c.Slope)
		x = graph.UpSample2D(fmt.Sprintf("decoder_up_%d", i+1), x, 2, graph.Nearest)
	}
	x = graph.Conv2D("decoder_conv_4", x, image[0], 3, graph.Same) // (channels, height, width)
	return Join(encoder, graph.New("decoder_model", code, c.Output.Apply("decoder_output", x, c.Slope)))
}

// lastPadding returns the padding of the decoder's third layer. If all three halvings are exact, no
// layer changes the size. If 28 pixels become 14, 7 and 4, the way back is 8, 16, and 14 without
// padding, 28.
func lastPadding(image graph.Shape) (graph.Padding, error) {
	if len(image) == 3 {
		switch h, w := image[1]%8, image[2]%8; {
		case h == 0 && w == 0:
			return graph.Same, nil
		case h == 4 && w == 4:
			return graph.Valid, nil
		}
	}
	return graph.Same, errors.Errorf("want images of shape (channels, height, width), height and width both multiples of 8 or both 4 more, got %v", image)
}
