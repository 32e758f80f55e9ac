package autoencoder

import (
	"fmt"
	"slices"

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
	Epsilon float32        `json:"epsilon" flag:"epsilon" help:"of conv-strided: what batch norm adds to the variance (PyTorch's own: 1e-05)"`
	Padding StridedPadding `json:"padding" flag:"padding" help:"of conv-strided: {choices}: as Keras does, or PyTorch with padding=1 and output_padding=1"`
}

// NewStrided returns settings that suit MNIST.
func NewStrided() *Strided {
	return &Strided{Latent: 30, Code: Linear, Nonlinearity: Nonlinearity{Activation: SiLU, Output: Sigmoid, Slope: 0.3},
		Epsilon: 0.001, Padding: SamePadding}
}

// StridedPadding says where convolutions with a stride of 2 pad an image of even size. Models in Keras and in
// PyTorch differ in it by a pixel.
type StridedPadding string

// The paddings: as graph.Same, on the right and below alone; or by one pixel on each side, of which the last
// is not reached.
const (
	SamePadding StridedPadding = "same"
	OnePadding  StridedPadding = "1"
)

// Choices returns all paddings, for the help of a flag.
func (StridedPadding) Choices() []string { return []string{string(SamePadding), string(OnePadding)} }

// UnmarshalText reads a padding.
func (p *StridedPadding) UnmarshalText(text []byte) error {
	if !slices.Contains(p.Choices(), string(text)) {
		return errors.Errorf("want same or 1, got %q", text)
	}
	*p = StridedPadding(text)
	return nil
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
	down, up := []graph.ConvOption{graph.Stride(2), graph.Same}, []graph.ConvOption{graph.Stride(2), graph.Same}
	if s.Padding == OnePadding {
		down, up = append(down, graph.Padding(1)), append(up, graph.Padding(1), graph.OutputPad(1))
	}

	in := graph.Input("encoder_input", image...) // (channels, height, width)
	x := in
	for i, n := range filters {
		x = graph.Conv2D(fmt.Sprintf("encoder_conv_%d", i+1), x, n, 3, append(down, graph.NoBias)...)
		x = s.normalise("encoder", i+1, x)
	}
	small := x.Shape() // (64, height/4, width/4)
	x = graph.Dense("encoder_dense", graph.Flatten("encoder_flatten", x), s.Latent)
	encoder := graph.New("encoder_model", in, s.Code.Apply("encoder_output", x, s.Slope)) // (latent)

	code := graph.Input("decoder_input", s.Latent)
	x = graph.Reshape("decoder_reshape", graph.Dense("decoder_dense", code, small.Size()), small...)
	x = s.normalise("decoder", 0, x)
	x = graph.ConvTranspose2D("decoder_conv_1", x, filters[0], 3, append(up, graph.NoBias)...)
	x = s.normalise("decoder", 1, x)
	x = graph.ConvTranspose2D("decoder_conv_2", x, image[0], 3, up...) // (channels, height, width)
	return Join(encoder, graph.New("decoder_model", code, s.Output.Apply("decoder_output", x, s.Slope)))
}

// normalise applies batch norm and the activation.
func (s *Strided) normalise(part string, i int, x *graph.Node) *graph.Node {
	x = graph.BatchNorm(fmt.Sprintf("%s_norm_%d", part, i), x, graph.Epsilon(s.Epsilon))
	return s.Activation.Apply(fmt.Sprintf("%s_%s_%d", part, s.Activation, i), x, s.Slope)
}

// Check returns an error if a field has a value that it cannot have.
func (s *Strided) Check() error {
	if s.Latent < 1 {
		return &FieldError{"latent", "at least 1", s.Latent}
	}
	if !positive(s.Epsilon) {
		return &FieldError{"epsilon", "a number above 0", s.Epsilon}
	}
	if !slices.Contains(s.Padding.Choices(), string(s.Padding)) {
		return &FieldError{"padding", "same or 1", string(s.Padding)}
	}
	if err := s.Code.Check("code"); err != nil {
		return err
	}
	return s.Nonlinearity.Check()
}
