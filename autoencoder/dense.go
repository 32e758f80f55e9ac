package autoencoder

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Dense holds the settings that architectures of dense layers share: an encoder, and a decoder that is
// its mirror image. They take an image as a vector of all its numbers.
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

// Encoder builds the encoder of images of a shape. Its last layer makes the code.
func (d *Dense) Encoder(image graph.Shape, code Activation) (*graph.Model, error) {
	return d.encoder(image, d.Latent, func(x *graph.Node) *graph.Node {
		return code.Apply("encoder_output", x, d.Slope)
	})
}

// encoder builds an encoder whose last dense layer has a width, with other layers after it.
func (d *Dense) encoder(image graph.Shape, width int, last func(x *graph.Node) *graph.Node) (*graph.Model, error) {
	n, err := features(image)
	if err != nil {
		return nil, err
	}
	x := graph.Input("encoder_input", n) // (n)
	m := graph.New("encoder_model", x, last(d.stack("encoder", x, d.Hidden, width)))
	return m, m.Err()
}

// Decoder builds the mirror image of the encoder.
func (d *Dense) Decoder(image graph.Shape) (*graph.Model, error) {
	n, err := features(image)
	if err != nil {
		return nil, err
	}
	widths := slices.Clone(d.Hidden)
	slices.Reverse(widths)
	x := graph.Input("decoder_input", d.Latent) // (latent)
	y := d.stack("decoder", x, widths, n)       // (n)
	m := graph.New("decoder_model", x, d.Output.Apply("decoder_output", y, d.Slope))
	return m, m.Err()
}

// stack applies dense layers of the hidden widths, each with activation and dropout, and a last dense
// layer without.
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

// join builds the autoencoder of dense layers whose code has an activation. The layers before are on
// the way from the input to the encoder.
func (d *Dense) join(image graph.Shape, code Activation, before ...func(x *graph.Node) *graph.Node) (*Autoencoder, error) {
	encoder, err := d.Encoder(image, code)
	if err != nil {
		return nil, err
	}
	decoder, err := d.Decoder(image)
	if err != nil {
		return nil, err
	}
	return Join(encoder, decoder, before...)
}

// features returns how many numbers an example of a shape has.
func features(shape graph.Shape) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 1 || d > math.MaxInt/n {
			return 0, errors.Errorf("want images with at least one number, and not more than memory holds, got shape %v", shape)
		}
		n *= d
	}
	if len(shape) == 0 {
		return 0, errors.New("want the shape of an image (channels, height, width), got none")
	}
	return n, nil
}
