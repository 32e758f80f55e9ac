package autoencoder

import (
	"fmt"
	"slices"

	"github.com/gorgonae/gorgonae/graph"
)

// Dense holds the settings that architectures of dense layers share: an encoder, and a decoder that
// is its mirror image. They take an image as a vector of all its numbers.
type Dense struct {
	Hidden []int `json:"hidden" flag:"hidden" help:"widths of the encoder's hidden layers, mirrored in the decoder: 300 or 96,40"`
	Latent int   `json:"latent" flag:"latent" help:"numbers of a code"`
	Nonlinearity
	Dropout float32 `json:"dropout" flag:"dropout" help:"share of elements dropped after every hidden activation"` // 0 adds no layers
}

// Check returns an error if a field has a value that it cannot have.
func (d *Dense) Check() error {
	switch {
	case len(d.Hidden) == 0 || slices.Min(d.Hidden) < 1:
		return &FieldError{"hidden", "one or more widths of at least 1", d.Hidden}
	case d.Latent < 1:
		return &FieldError{"latent", "at least 1", d.Latent}
	case !(d.Dropout >= 0 && d.Dropout < 1):
		return &FieldError{"dropout", "a share of 0 or more and less than 1", d.Dropout}
	}
	return d.Nonlinearity.Check()
}

// Encoder builds the encoder of images of a shape: the hidden layers, a dense layer with width
// units, and the layers that last adds to it. The output of last is the code. The model keeps an
// error; Join reports it.
func (d *Dense) Encoder(image graph.Shape, width int, last func(y *graph.Node) *graph.Node) *graph.Model {
	x := vector("encoder_input", image)         // (features)
	y := d.stack("encoder", x, d.Hidden, width) // (width)
	return graph.New("encoder_model", x, last(y))
}

// Decoder builds the mirror image of the encoder, for images of the same shape.
func (d *Dense) Decoder(image graph.Shape) *graph.Model {
	widths := slices.Clone(d.Hidden)
	slices.Reverse(widths)
	x := graph.Input("decoder_input", d.Latent)
	y := d.stack("decoder", x, widths, image.Size()) // (features)
	return graph.New("decoder_model", x, d.Output.Apply("decoder_output", y, d.Slope))
}

// vector is the input of all numbers of an image. If there is no image of that shape, it carries
// the error.
func vector(name string, image graph.Shape) *graph.Node {
	x := graph.Input(name, image...)
	if x.Shape() == nil {
		return x
	}
	return graph.Input(name, image.Size())
}

// stack applies dense layers of the hidden widths, each with activation and dropout, and a last
// dense layer without.
func (d *Dense) stack(part string, x *graph.Node, hidden []int, last int) *graph.Node {
	for i, width := range hidden {
		x = graph.Dense(fmt.Sprintf("%s_dense_%d", part, i+1), x, width)
		x = d.Activation.Apply(fmt.Sprintf("%s_%s_%d", part, d.Activation, i+1), x, d.Slope)
		if d.Dropout != 0 {
			x = graph.Dropout(fmt.Sprintf("%s_dropout_%d", part, i+1), x, d.Dropout)
		}
	}
	return graph.Dense(fmt.Sprintf("%s_dense_%d", part, len(hidden)+1), x, last)
}
