package codec

import (
	"bytes"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// mostRounding is the greatest squared error of a decoder's weights, as a part of the squares of the
// rounded ones, that counts as rounding. Weights that were rounded to 0 do not count: many may be of
// no influence. An integer is wrong by a half or so, so the error is 0.25 at the coarsest, and with
// weights of another training it is 1 or more.
const mostRounding = 0.5

// Reuse makes a model that writes from the model of a file: files with one model can be merged, and a
// program that was started again goes on with the model that it has. The autoencoder is the one of
// which Fit made the model. Reuse refuses another one.
func Reuse(m *Model, ae *autoencoder.Autoencoder) (*Model, error) {
	if m == nil || m.Decoder == nil || m.Prior == nil {
		return nil, errors.New("want a model with a decoder and a prior, got one without")
	}
	if ae == nil {
		return nil, errNoAutoencoder
	}
	n := *m
	n.Encoder = ae.Encoder
	if err := n.checkNetworks(); err != nil {
		return nil, err
	}
	if err := sameNetwork(m.Decoder, ae.Decoder); err != nil {
		return nil, errors.WithMessage(err, "want the autoencoder of which the model was made")
	}
	return &n, n.check()
}

// sameNetwork returns an error if a decoder is not the other one with rounded weights.
func sameNetwork(rounded, original *graph.Model) error {
	a, err := rounded.Architecture()
	if err != nil {
		return err
	}
	b, err := original.Architecture()
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return errors.New("got one with a decoder of another architecture")
	}
	squares, differences := 0.0, 0.0
	for i, w := range original.Weights() {
		for k, v := range w.Data {
			if r := float64(rounded.Weights()[i].Data[k]); r != 0 {
				d := float64(v) - r
				squares += float64(r * r)
				differences += float64(d * d)
			}
		}
	}
	if differences > mostRounding*squares {
		return errors.New("got one whose decoder has other weights")
	}
	return nil
}
