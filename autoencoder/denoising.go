package autoencoder

import "github.com/gorgonae/gorgonae/graph"

// denoising learns to take noise away.
func denoising() Architecture {
	return Architecture{
		Name:    "denoising",
		About:   "784-500-250-32 and back, with noise on the input in training: codes of what is not noise",
		Options: Options{Hidden: []int{500, 250}, Latent: 32, Activation: "gelu", Code: "linear", Output: "sigmoid", Noise: 0.5},
		Training: Training{Loss: "bce", Optimizer: "adam", Rate: 1e-3, Schedule: "cosine:warmup=200", Epochs: 20, Batch: 256,
			Augment: "none", Binarize: "none"},
		build: Denoising,
	}
}

// Denoising is a deep autoencoder that in training sees its examples through Gaussian noise, and is to give them without
// (Vincent et al., "Extracting and composing robust features with denoising autoencoders", 2008): what it learns is where
// examples lie. There is no noise when it is used, but it may be given noisy examples.
func Denoising(o Options) (*Autoencoder, error) {
	if err := o.complete(denoising().Options); err != nil {
		return nil, err
	}
	return join(o.encoder(), o.decoder(), func(x *graph.Node) *graph.Node { return graph.GaussianNoise("noise", x, o.Noise) })
}
