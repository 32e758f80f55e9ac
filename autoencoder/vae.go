package autoencoder

import (
	"fmt"

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

// heaviest bounds the divergence beside a loss averaged over pixels, as a multiple of its weight beside
// the sum. On MNIST, a few times that lets hardly a latent carry anything, and 784 times none.
const heaviest = 10

// CheckLoss refuses a loss that is averaged over the pixels unless the weight of the divergence is as
// small: the divergence is for a whole image, so it would outweigh the loss by the number of pixels.
// Then every code means the same, and every image becomes the mean image.
func (v *VAE) CheckLoss(l train.Loss, image graph.Shape) error {
	share, ok := train.Share(l, image.Size())
	whole, _ := train.Share(l, 1)
	if !ok || share == whole || float64(v.Divergence) <= heaviest*share {
		return nil
	}
	const mnist = 28 * 28
	want := fmt.Sprintf("%v:sum, since the divergence is for a whole image and would outweigh a mean over its pixels (or a kl divided by their number, as %.2g for 28 x 28)",
		l, whole/mnist)
	return &FieldError{"loss", want, l.String()}
}
