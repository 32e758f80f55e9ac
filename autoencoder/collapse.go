package autoencoder

import (
	"context"

	"github.com/gorgonae/gorgonae/train"
)

// A code that is the same for every image carries nothing: the decoder can only answer with one image.
// That happens when a divergence outweighs the loss, or when all units before the code have died.

const (
	collapseSample = 256  // examples that are encoded
	passive        = 0.01 // variance of a latent's mean below which it carries hardly anything (Burda, Grosse and Salakhutdinov 2016)
	still          = 1e-8 // variance of any other number of a code, as a share of its mean square
)

// Collapsed reports whether all numbers of the codes of a data set are nearly the same for each of its
// examples. It encodes at most 256 examples, evenly spaced. The latents of a variational autoencoder
// count as the same if the variances of their means are below 0.01, a hundredth of what the divergence
// draws them to. It is false if the examples themselves are all the same.
func (a *Autoencoder) Collapsed(ctx context.Context, ds train.Dataset) (bool, error) {
	n, size := min(ds.Len(), collapseSample), a.Encoder.In().Size()
	x, differ := make([]float32, n*size), false
	for i := range n {
		at := int(int64(i) * int64(ds.Len()) / int64(n))
		if err := ds.Example(0, at, x[i*size:][:size], nil); err != nil {
			return false, err
		}
		for j, v := range x[i*size:][:size] {
			differ = differ || v != x[j]
		}
	}
	if !differ {
		return false, nil
	}
	codes, err := a.Encoder.Predict(ctx, x)
	if err != nil {
		return false, err
	}
	drawn := a.drawn()
	latents := a.Encoder.Out().Size()
	for j := range latents {
		sum, squares := 0.0, 0.0
		for i := j; i < len(codes); i += latents {
			sum += float64(codes[i])
			squares += float64(float64(codes[i]) * float64(codes[i]))
		}
		mean := sum / float64(n)
		limit := still * squares / float64(n)
		if drawn {
			limit = passive
		}
		if squares/float64(n)-float64(mean*mean) > limit {
			return false, nil
		}
	}
	return true, nil
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
