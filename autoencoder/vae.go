package autoencoder

import (
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

func vae() Architecture {
	return Architecture{
		Name:  "vae",
		About: "variational, 784-500-500-20 and back (Kingma and Welling 2014): every code decodes to an image",
		New:   func() Config { return NewVAE() },
		Training: Training{Loss: train.BinaryCrossEntropy().Sum(), Optimizer: train.NewAdam(1e-3),
			Schedule: train.Cosine{Warmup: 500}, Augmentation: images.Augmentation{Binarize: images.Stochastic},
			Epochs: 100, Batch: 128},
		Trial: graph.Shape{1, 8, 8},
	}
}

// VAE is a variational autoencoder with a Gaussian latent (Kingma and Welling, "Auto-encoding
// variational Bayes", 2014). The code of an example is the mean of its distribution. If the loss is
// the binary cross-entropy summed over the pixels and the divergence has weight 1, their sum is the
// negative evidence lower bound of an example, in nats.
type VAE struct {
	Dense
	Divergence float32 `json:"kl" flag:"kl" help:"of vae: weight of the divergence of the codes from a normal distribution"`
}

// NewVAE returns the paper's widths for MNIST, 784-500, with a second hidden layer and a code of 20
// numbers.
func NewVAE() *VAE {
	return &VAE{Divergence: 1, Dense: Dense{
		Hidden:       []int{500, 500},
		Latent:       20,
		Nonlinearity: Nonlinearity{Activation: GELU, Output: Sigmoid, Slope: 0.3},
	}}
}

// Build builds the models. The encoder's last dense layer gives mean and logarithmic variance of
// every latent.
func (v *VAE) Build(image graph.Shape) (*Autoencoder, error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	encoder := v.Encoder(image, 2*v.Latent, func(y *graph.Node) *graph.Node {
		return graph.GaussianSample("kl", y, v.Divergence)
	})
	return Join(encoder, v.Decoder(image))
}

// Check returns an error if a field has a value that it cannot have.
func (v *VAE) Check() error {
	if err := v.Dense.Check(); err != nil {
		return err
	}
	if !positive(v.Divergence) { // without the divergence it is no variational autoencoder
		return &FieldError{"kl", "a number above 0", v.Divergence}
	}
	return nil
}
