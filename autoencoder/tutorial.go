package autoencoder

// tutorial is the autoencoder of the Keras tutorial, with its settings.
func tutorial() Architecture {
	return Architecture{
		Name:     "tutorial",
		About:    "the Keras tutorial's: codes of two numbers, to look at",
		Options:  Options{Hidden: []int{300}, Latent: 2, Activation: "leakyrelu", Code: "leakyrelu", Output: "leakyrelu"},
		Training: Training{Loss: "mse", Optimizer: "adam", Rate: 5e-4, Schedule: "constant", Epochs: 20, Batch: 256, Augment: "none", Binarize: "none"},
		build:    Tutorial,
	}
}

// Tutorial is the autoencoder of the Keras tutorial, 784-300-2-300-784: dense layers, each followed by a LeakyReLU of
// slope 0.3, the latent's and the output's too.
func Tutorial(o Options) (*Autoencoder, error) { return dense(o, tutorial().Options) }
