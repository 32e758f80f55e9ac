package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/run"
)

// row is a section of RESULTS.md: a training, repeated with several seeds, and published results to
// compare it with.
type row struct {
	name      string   // ROW=name runs it alone
	what      string   // description of the model and its training
	model     string   // an architecture
	args      string   // flags of gorgonae train with their values, except those of model, data, seed and folder
	seeds     int      // the seeds are 1 to this number
	mean      bool     // the result is the mean and the standard error over the seeds, not the median
	measure   string   // description of the validation loss
	target    float64  // the result should not be higher
	published []source // results of others
	codings   []coding // files of a codec that is trained from seed 1
}

// settings returns the settings of the row with a seed.
func (r row) settings(seed int) (run.Settings, error) {
	s, err := run.NewSettings(r.model)
	if err != nil {
		return s, err
	}
	s.Seed = uint64(seed)
	args := strings.Fields(r.args)
	for i := 0; i+1 < len(args); i += 2 {
		if err := s.Set(strings.TrimPrefix(args[i], "--"), args[i+1]); err != nil {
			return s, err
		}
	}
	return s, s.Check()
}

// uses reports whether the model has an activation function.
func (r row) uses(a autoencoder.Activation) bool {
	s, err := r.settings(1)
	if err != nil {
		panic("results: a row with wrong settings")
	}
	return slices.ContainsFunc(autoencoder.Fields(s.Config), func(f autoencoder.Field) bool { return f.String() == string(a) })
}

// command returns the command line that trains the row from a seed.
func (r row) command(seed int) []string {
	args := append([]string{"train", "--data", "mnist", "--model", r.model}, strings.Fields(r.args)...)
	return append(args, "--seed", fmt.Sprint(seed))
}

// recipe returns a short name of everything that the numbers of the row depend on, except the seed:
// the command, and the default settings of the architecture.
func (r row) recipe() string {
	a, err := autoencoder.Find(r.model)
	if err != nil {
		panic("results: a row with an unknown model")
	}
	return fmt.Sprintf("%.4x", sha256.Sum256(fmt.Appendf(nil, "%q %s %s", r.command(0), canonical(a.New()), canonical(a.Training))))
}

// canonical returns settings as JSON with sorted names. It omits zeros and empty values, so that a
// new setting that is zero does not change the recipes of old results.
func canonical(settings any) []byte {
	text, err := json.Marshal(settings)
	all := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err == nil {
		maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil || reflect.ValueOf(v).IsZero() })
		text, err = json.Marshal(all)
	}
	if err != nil {
		panic("results: settings that JSON cannot hold")
	}
	return text
}

// source is a number that somebody published.
type source struct{ value, by string }

// rows returns all rows in the order of RESULTS.md.
func rows() []row {
	hinton := []source{
		{"3.00", "Hinton and Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 2006"},
		{"about 2.3 to 2.8", "Martens, Deep learning via Hessian-free optimization, ICML 2010"},
		{"13.87", "principal component analysis with 30 components (Hinton and Salakhutdinov 2006)"},
	}
	const (
		elbo     = "negative evidence lower bound in nats, one sample per image; each pixel is drawn white with its grey value as the probability"
		davidson = "Davidson and others, Hyperspherical variational auto-encoders, UAI 2018: the Gaussian model, 784-256-128-%d and back, pixels drawn in the same way"
	)
	const objective = "bits + lambda × squared error per image"
	mosaics := []source{
		{"242, 352, 496, 657", "bits an image of AVIF, WebP, JPEG XL and JPEG at a squared error of 3.00: all test images as mosaics (bench/codecs/mnist.csv, interpolated)"},
	}
	return []row{
		{
			name: "tutorial", what: "the tutorial's network, code of 2 numbers, its own settings, 20 epochs", model: "tutorial",
			seeds: 5, mean: true, measure: "mean squared error", target: 0.0462,
			published: []source{{"0.0452 ± 0.0004", "the tutorial in Keras 3, five seeds"}},
		},
		{
			name: "tutorial-tuned", what: "the same network, 20 epochs, another schedule",
			model: "tutorial", args: "--lr 0.002 --schedule cosine:warmup=200 --batch 128",
			seeds: 5, mean: true, measure: "mean squared error", target: 0.0445,
			published: []source{{"0.0452 ± 0.0004", "the tutorial in Keras 3, five seeds"}},
		},
		{
			name: "deep", what: "784-1000-500-250-30 and back", model: "deep",
			seeds: 3, measure: "squared error per image", target: 2.28, published: hinton,
		},
		{
			name: "best30", what: "any network with a code of 30 numbers and at most an hour on two cores: 784-2000-1000-500-30 and back, otherwise like deep", model: "deep", args: "--hidden 2000,1000,500 --epochs 100",
			seeds: 1, measure: "squared error per image", target: 2.28, published: hinton,
		},
		{
			name: "conv", what: "convolutions, 4,385 parameters, code of 4x4x8, SiLU", model: "conv",
			seeds: 3, measure: "binary cross-entropy per pixel", target: 0.085,
			published: []source{
				{"0.094", "Chollet, Building autoencoders in Keras, the Keras blog 2016, ReLU, 50 epochs"},
				{"0.0857", "the same network with SiLU in another library, 60 epochs"},
				{"0.0581", "a perfect reconstruction: the entropy of the pixels themselves"},
			},
		},
		{
			name: "vae-2", what: "variational, 784-500-500-2 and back", model: "vae", args: "--latent 2", seeds: 1, measure: elbo, target: 137.08,
			published: []source{
				{"137.08", fmt.Sprintf(davidson, 2)},
			},
		},
		{
			name: "vae-20", what: "variational, 784-500-500-20 and back", model: "vae", args: "--latent 20", seeds: 1, measure: elbo, target: 94.79,
			published: []source{
				{"94.79", fmt.Sprintf(davidson, 20)},
				{"89.9", "Rezende and Mohamed, Variational inference with normalizing flows, ICML 2015: diagonal Gaussian, code of 40 numbers"},
				{"86.76", "Burda and others, Importance weighted autoencoders, ICLR 2016: an estimate of the likelihood itself, not its bound; code of 50 numbers"},
			},
		},
		{
			name: "codec", what: "learned codec, 784-1024-512-64, decoder 64-512-784, for codes that are not refined", model: "codec", args: "--lambda 26",
			seeds: 1, measure: objective, published: mosaics,
			codings: []coding{{what: "test images, codes alone", fit: codec.FitOptions{Error: 3, WeightBits: 8}, target: 95}},
		},
		{
			name: "codec-refined", what: "the same for refined codes", model: "codec",
			seeds: 1, measure: objective, published: mosaics,
			codings: []coding{
				{what: "test images, codes alone", fit: codec.FitOptions{WeightBits: 8}, effort: 2, target: 72},
				{what: "test images, codes alone", fit: codec.FitOptions{WeightBits: 8}, effort: 4, target: 72},
				{what: "all 70,000 images, codes and decoder", effort: 2, all: true, file: true},
			},
		},
		{
			name: "codec-small", what: "the same with a smaller decoder, 64-224-784, and prior", model: "codec", args: "--lambda 16.5 --decoder 224 --prior-hidden 192",
			seeds: 1, measure: objective, published: mosaics,
			codings: []coding{
				{what: "all 70,000 images, codes and decoder", effort: 2, all: true, file: true, target: 92},
				{what: "all 70,000 images, codes and decoder", effort: 5, all: true, file: true, target: 92},
			},
		},
		{
			name: "lossless", what: "a causal network over the pixels, 58,000 weights, images are stored exactly", model: "lossless", args: "--epochs 6",
			seeds: 1, measure: "bits per image",
			published: []source{
				{"0.97", "bits a pixel, the bound of Residual Flow (Chen and others, NeurIPS 2019)"},
				{"1.14", "bits a pixel, sparse probabilistic circuit"},
				{"1.29", "bits a pixel, Bit-Swap (Kingma and others, ICML 2019)"},
				{"1.35, 1.38, 1.54, 1.67", "bits a pixel of JPEG XL, xz, WebP lossless and PNG, mosaics or images in a row (bench/codecs/mnist.csv)"},
			},
			codings: []coding{
				{what: "test images, codes alone", pixel: true, target: 1},
				{what: "all 70,000 images, codes and model", all: true, file: true, pixel: true, target: 1.01},
			},
		},
	}
}
