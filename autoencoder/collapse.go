package autoencoder

import (
	"context"
	"slices"

	"github.com/gorgonae/gorgonae/train"
)

// A code that is the same for every image carries nothing: the decoder can only answer with one image.
// That happens when a divergence outweighs the loss, or when all units before the code have died.

const (
	collapseSample = 256     // examples that are encoded
	sampleNumbers  = 1 << 24 // of all of them together, at most, if there are more than two
	passive        = 0.01    // variance of a latent's mean below which it carries hardly anything (Burda, Grosse and Salakhutdinov 2016)
	unmoved        = 1e-8    // variance of any other number of a code, as a share of its mean square
)

// Collapsed reports whether all latents of the codes of a data set are still; see Still.
func (a *Autoencoder) Collapsed(ctx context.Context, ds train.Dataset) (bool, error) {
	still, all, err := a.Still(ctx, ds)
	return still == all, err
}

// Still returns how many of all latents, the numbers of a code, are nearly the same for each example of a
// data set: they tell the decoder nothing. It encodes at most 256 examples, evenly spaced, and fewer large
// ones. The latents of a variational autoencoder are still if the variances of their means are below 0.01,
// a hundredth of what the divergence draws them to. Those of a codec are compared as its decoder gets them,
// rounded. None are still if the examples themselves are all the same, or if a code is the example itself.
func (a *Autoencoder) Still(ctx context.Context, ds train.Dataset) (still, all int, err error) {
	all = a.Encoder.Out().Size()
	size := a.Encoder.In().Size()
	n := min(ds.Len(), collapseSample, max(2, sampleNumbers/size))
	x, differ := make([]float32, n*size), false
	for i := range n {
		at := int(int64(i) * int64(ds.Len()) / int64(n))
		if err := ds.Example(0, at, x[i*size:][:size], nil); err != nil {
			return 0, all, err
		}
		for j, v := range x[i*size:][:size] {
			differ = differ || v != x[j]
		}
	}
	if !differ {
		return 0, all, nil
	}
	codes, err := a.Encoder.Predict(ctx, x)
	if err != nil || slices.Equal(codes, x) {
		return 0, all, err
	}
	if err := a.round(codes); err != nil {
		return 0, all, err
	}
	drawn := a.drawn()
	for j := range all {
		sum, squares := 0.0, 0.0
		for i := j; i < len(codes); i += all {
			v := float64(codes[i])
			sum += v
			squares += float64(v * v)
		}
		mean := sum / float64(n)
		limit := float64(unmoved*squares) / float64(n)
		if drawn {
			limit = passive
		}
		if squares/float64(n)-float64(mean*mean) <= limit {
			still++
		}
	}
	return still, all, nil
}

// round rounds codes as the layer between encoder and decoder does, if the model has one that does.
func (a *Autoencoder) round(codes []float32) error {
	prior, err := a.Prior()
	if prior == nil || err != nil {
		return err
	}
	symbols := make([]int32, len(codes))
	if err := prior.Quantize(symbols, codes); err != nil {
		return err
	}
	return prior.Dequantize(codes, symbols)
}

// drawn reports whether the encoder draws its code from a distribution.
func (a *Autoencoder) drawn() bool {
	for _, m := range a.Encoder.Models() {
		for _, n := range m.Nodes() {
			if n.Layer().Kind() == "GaussianSample" {
				return true
			}
		}
	}
	return false
}
