package autoencoder

import (
	"slices"

	"github.com/gorgonae/gorgonae/graph"
)

// vae is the variational autoencoder.
func vae() Architecture {
	return Architecture{
		Name:    "vae",
		About:   "variational, 784-500-500-20 and back (Kingma and Welling 2014): every code decodes to an image",
		Options: Options{Hidden: []int{500, 500}, Latent: 20, Activation: "gelu", Output: "sigmoid", Divergence: 1},
		Training: Training{Loss: "bce:sum", Optimizer: "adam", Rate: 1e-3, Schedule: "cosine:warmup=500", Epochs: 100, Batch: 128,
			Augment: "none", Binarize: "stochastic"},
		build: VAE,
	}
}

// VAE is a variational autoencoder with a Gaussian latent (Kingma and Welling, "Auto-encoding variational Bayes", 2014).
// With the binary cross-entropy summed over the pixels as the loss, loss and divergence together are the negative
// evidence lower bound of an example, in nats, if the weight of the divergence is 1. The code of an example is the mean of
// its distribution.
func VAE(o Options) (*Autoencoder, error) {
	if err := o.complete(vae().Options); err != nil {
		return nil, err
	}
	x := graph.Input("encoder_input", o.Input)
	posterior := o.stack(x, "encoder", append(slices.Clone(o.Hidden), 2*o.Latent), "linear")
	encoder := graph.New("encoder_model", x, graph.GaussianSample("kl", posterior, o.Divergence))
	return join(encoder, o.decoder())
}
