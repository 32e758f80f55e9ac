package autoencoder

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

func strided() Architecture {
	return Architecture{
		Name:  "conv-strided",
		About: "convolutions with stride 2 and batch norm, transposed ones back: codes of a few numbers, as deep's",
		New:   func() Config { return NewStrided() },
		Training: Training{Loss: train.MSE().Sum(), Optimizer: train.NewAdam(1e-3), Schedule: train.Cosine{Warmup: 500},
			Augmentation: images.Augmentation{Shift: 1}, Epochs: 30, Batch: 128},
		Trial:   graph.Shape{1, 8, 8},
		Without: map[string]string{"hidden": "the widths of its layers are fixed"},
	}
}

// Strided is a convolutional autoencoder without pooling. The encoder has 32 and 64 filters of 3x3
// pixels that halve height and width by a stride of 2, each with batch norm, and a dense layer to
// the code. The decoder is its mirror image with transposed convolutions.
type Strided struct {
	Latent int        `json:"latent" flag:"latent" help:"numbers of a code"`
	Code   Activation `json:"code"` // after the code
	Nonlinearity
}

// NewStrided returns settings that suit MNIST.
func NewStrided() *Strided {
	return &Strided{Latent: 30, Code: Linear, Nonlinearity: Nonlinearity{Activation: SiLU, Output: Sigmoid, Slope: 0.3}}
}

// Build builds the models for images whose height and width are multiples of 4.
func (s *Strided) Build(image graph.Shape) (*Autoencoder, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if len(image) != 3 || image[1]%4 != 0 || image[2]%4 != 0 {
		return nil, errors.Errorf("want images of shape (channels, height, width), height and width multiples of 4, got %v", image)
	}
	filters := []int{32, 64}

	in := graph.Input("encoder_input", image...) // (channels, height, width)
	x := in
	for i, n := range filters {
		x = graph.Conv2D(fmt.Sprintf("encoder_conv_%d", i+1), x, n, 3, graph.Same, graph.Stride(2), graph.NoBias)
		x = s.normalise("encoder", i+1, x)
	}
	small := x.Shape() // (64, height/4, width/4)
	x = graph.Dense("encoder_dense", graph.Flatten("encoder_flatten", x), s.Latent)
	encoder := graph.New("encoder_model", in, s.Code.Apply("encoder_output", x, s.Slope)) // (latent)

	code := graph.Input("decoder_input", s.Latent)
	x = graph.Reshape("decoder_reshape", graph.Dense("decoder_dense", code, small.Size()), small...)
	x = s.normalise("decoder", 0, x)
	x = graph.ConvTranspose2D("decoder_conv_1", x, filters[0], 3, graph.Same, graph.Stride(2), graph.NoBias)
	x = s.normalise("decoder", 1, x)
	x = graph.ConvTranspose2D("decoder_conv_2", x, image[0], 3, graph.Same, graph.Stride(2)) // (channels, height, width)
	return Join(encoder, graph.New("decoder_model", code, s.Output.Apply("decoder_output", x, s.Slope)))
}

// normalise applies batch norm and the activation.
func (s *Strided) normalise(part string, i int, x *graph.Node) *graph.Node {
	x = graph.BatchNorm(fmt.Sprintf("%s_norm_%d", part, i), x)
	return s.Activation.Apply(fmt.Sprintf("%s_%s_%d", part, s.Activation, i), x, s.Slope)
}

// Check returns an error if a field has a value that it cannot have.
func (s *Strided) Check() error {
	if s.Latent < 1 {
		return &FieldError{"latent", "at least 1", s.Latent}
	}
	if err := s.Code.Check("code"); err != nil {
		return err
	}
	return s.Nonlinearity.Check()
}
