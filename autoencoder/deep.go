package autoencoder

// deep is Hinton and Salakhutdinov's autoencoder, trained as a network of today.
func deep() Architecture {
	return Architecture{
		Name:     "deep",
		About:    "784-1000-500-250-30 and back (Hinton and Salakhutdinov 2006): the truest images of dense layers",
		Options:  Options{Hidden: []int{1000, 500, 250}, Latent: 30, Activation: "gelu", Code: "linear", Output: "sigmoid"},
		Training: Training{Loss: "mse:sum", Optimizer: "adam", Rate: 1e-3, Schedule: "cosine:warmup=1000", Epochs: 120, Batch: 256, Augment: "shift=1", Binarize: "none"},
		build:    Deep,
	}
}

// Deep is the autoencoder of Hinton and Salakhutdinov ("Reducing the dimensionality of data with neural networks",
// Science 2006), 784-1000-500-250-30 and back with a linear code. Their hidden units were logistic, which had to be
// trained layer by layer first; with GELU the whole is trained at once.
func Deep(o Options) (*Autoencoder, error) { return dense(o, deep().Options) }
