package autoencoder

import (
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

func denoising() Architecture {
	return Architecture{
		Name:  "denoising",
		About: "784-500-250-32 and back, with noise on the input in training: codes of what is not noise",
		New:   func() Config { return NewDenoising() },
		Training: Training{Loss: train.BinaryCrossEntropy(), Optimizer: train.NewAdam(1e-3),
			Schedule: train.Cosine{Warmup: 200}, Epochs: 20, Batch: 256},
		Trial: graph.Shape{1, 8, 8},
	}
}

// Denoising is a deep autoencoder that sees its examples through Gaussian noise in training, and
// learns to reconstruct them without it (Vincent et al., "Extracting and composing robust features
// with denoising autoencoders", 2008). So it learns where examples lie. Outside of training it adds
// no noise, but its input may be noisy.
type Denoising struct {
	Dense
	Code  Activation `json:"code"` // after the code
	Noise float32    `json:"noise" flag:"noise" help:"of denoising: standard deviation of the noise on the input"`
}

// NewDenoising returns the settings that suit MNIST: 784-500-250-32, noise with standard deviation
// 0.5.
func NewDenoising() *Denoising {
	return &Denoising{Code: Linear, Noise: 0.5, Dense: Dense{
		Hidden:       []int{500, 250},
		Latent:       32,
		Nonlinearity: Nonlinearity{Activation: GELU, Output: Sigmoid, Slope: 0.3},
	}}
}

// Build builds the models. The noise is a layer of the whole model, before the encoder.
func (d *Denoising) Build(image graph.Shape) (*Autoencoder, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	encoder := d.Encoder(image, d.Latent, func(y *graph.Node) *graph.Node {
		return d.Code.Apply("encoder_output", y, d.Slope)
	})
	return Join(encoder, d.Decoder(image), func(x *graph.Node) *graph.Node {
		return graph.GaussianNoise("noise", x, d.Noise)
	})
}

// Check returns an error if a field has a value that it cannot have.
func (d *Denoising) Check() error {
	if err := d.Dense.Check(); err != nil {
		return err
	}
	if !positive(d.Noise) { // without noise it is a deep autoencoder
		return &FieldError{"noise", "a number above 0", d.Noise}
	}
	return d.Code.Check("code")
}
