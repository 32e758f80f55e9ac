package codec

import (
	"context"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// FitOptions are the settings of Fit. The zero value makes codes that cost 1 % more squared error
// than unquantised ones, or those that a learned codec was trained for. At most one of Error and
// Bits is above 0.
type FitOptions struct {
	Error      float64 // the wanted squared error of an image, summed over its numbers in [0, 1]
	Bits       float64 // the wanted bits of an image's code
	WeightBits int     // of a weight of the decoder network, 2 to 12; 0: as many as pay; see Fit
	External   bool    // files name the decoder, and do not hold it

	// Lambda is how many bits one unit of the squared error of an image is worth. It decides how
	// finely weights are rounded if WeightBits is 0, and what becomes better when codes are refined (see
	// Options.Effort): more of it gives better images and longer codes. For a learned codec it should be
	// that of its training. 0: what it is worth to the codes.
	Lambda float64

	// Progress, if it is not nil, is called before each piece of work: what it is, and how many pieces
	// of its kind are done, of how many; all is 0 if that is not known.
	Progress func(what string, done, all int)
}

// WithLambda returns the options with the lambda of a model's training, 0 for none, unless they have
// one, or want an error or bits: then other steps follow, where a unit of error is worth something
// else.
func (o FitOptions) WithLambda(trained float64) FitOptions {
	if o.Lambda == 0 && o.Error == 0 && o.Bits == 0 {
		o.Lambda = trained
	}
	return o
}

// Report is what Fit measured on training images. Errors are squared errors of an image, summed
// over its numbers in [0, 1], of bytes as a reader returns them.
type Report struct {
	Images       int     // on which errors were measured
	Original     float64 // error of codes that are not quantised, with the original decoder
	Decoder      float64 // the same with the decoder of the file, whose weights are rounded
	Error        float64 // with quantised codes, too: what a reader gets
	Bits         float64 // of the code of an image
	DecoderBytes int     // of the decoder network in the file, or of its fingerprint
}

// standardExcess is how much more error quantised codes have, if nothing else is wanted.
const standardExcess = 1.01

func (o *FitOptions) complete() error {
	switch {
	case !(o.Error >= 0 && o.Bits >= 0) || math.IsInf(o.Error+o.Bits, 1):
		return errors.Errorf("want a finite error or finite bits, or neither, got an error of %v and %v bits", o.Error, o.Bits)
	case o.Error > 0 && o.Bits > 0:
		return errors.Errorf("want either an error or bits, got both, %v and %v bits: give one of them", o.Error, o.Bits)
	case o.WeightBits != 0 && (o.WeightBits < 2 || o.WeightBits > finestBits):
		return errors.Errorf("want 2 to %d bits for a weight, got %d", finestBits, o.WeightBits)
	case !(o.Lambda >= 0 && o.Lambda <= math.MaxFloat32):
		return errors.Errorf("want a finite lambda of 0 or more, got %v", o.Lambda)
	}
	return nil
}

// Fit makes a codec of a trained autoencoder. It rounds the weights of the decoder: if the options
// do not say how, so finely that a file of as many images as there are training images is smallest,
// where the error that rounding adds counts as bits, and is at most 5 %. It chooses a step for each
// latent: the more a latent changes an image, the smaller its step. A factor of all steps is then
// searched so that the images have the error, or their codes have the bits, that the options want.
// Last, a table of each latent is fitted to the codes of the training images. It uses at most 65536
// of the images, and measures errors and wanted bits on at most 4096.
//
// A learned codec has its own steps, and perhaps its own prior. Fit takes them as they are, unless
// the options want an error or bits: then it multiplies the steps by a factor, and changes the
// prior so that it gives the same distributions in the new steps.
func Fit(ctx context.Context, ae *autoencoder.Autoencoder, training images.Source, o FitOptions) (*Model, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	f, err := newFitter(ctx, ae, training, o.Progress)
	if err != nil {
		return nil, err
	}
	return f.Fit(ctx, o)
}

// Fitter makes codecs of one autoencoder: for several rates, for example. It keeps the codes of the
// training images.
type Fitter struct {
	ae     *autoencoder.Autoencoder
	size   images.Size
	sample *sample
	report Report // what does not depend on options
}

// NewFitter encodes training images.
func NewFitter(ctx context.Context, ae *autoencoder.Autoencoder, training images.Source) (*Fitter, error) {
	return newFitter(ctx, ae, training, nil)
}

func newFitter(ctx context.Context, ae *autoencoder.Autoencoder, training images.Source, progress func(what string, done, all int)) (*Fitter, error) {
	if ae == nil {
		return nil, errNoAutoencoder
	}
	if training == nil {
		return nil, errors.New("want training images, got nil")
	}
	if err := selfTest(); err != nil {
		return nil, err
	}
	m := &Model{Size: training.Size(), Encoder: ae.Encoder, Decoder: ae.Decoder}
	if err := m.checkNetworks(); err != nil {
		return nil, err
	}
	if training.Len() == 0 {
		return nil, errors.New("want training images, got none")
	}
	s, err := takeSample(ctx, m, training, progress)
	if err != nil {
		return nil, err
	}
	f := &Fitter{ae, training.Size(), s, Report{Images: s.measured}}
	f.report.Original, err = s.errorOf(ctx, m, s.z)
	return f, err
}

// Fit makes a codec as the function Fit does.
func (f *Fitter) Fit(ctx context.Context, o FitOptions) (*Model, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	f.sample.progress = o.Progress
	m := &Model{Size: f.size, Encoder: f.ae.Encoder, Decoder: f.ae.Decoder, Report: f.report, Lambda: o.Lambda, external: o.External}
	if err := m.checkNetworks(); err != nil {
		return nil, err
	}
	learned, err := f.ae.Prior()
	if err != nil {
		return nil, err
	}
	if layer, net := pixelLayer(f.ae.Model); layer != nil {
		if err := f.sample.lossless(ctx, m, layer, net, o); err != nil {
			return nil, err
		}
		m.network, m.Decoder, err = roundNetwork(m.Decoder, nil) // it has no weights
		m.Report.DecoderBytes = len(m.network)
		return m, err
	}
	if err := f.sample.setNetwork(ctx, m, learned, o); err != nil {
		return nil, err
	}
	if m.Report.Decoder, err = f.sample.errorOf(ctx, m, f.sample.z); err != nil {
		return nil, err
	}
	if learned != nil {
		err = f.sample.learned(ctx, m, f.ae, o)
	} else {
		err = f.sample.fit(ctx, m, o)
	}
	if err != nil {
		return nil, err
	}
	m.Report.DecoderBytes = len(m.network)
	return m, m.check()
}

// checkNetworks refuses an autoencoder that does not fit the images.
func (m *Model) checkNetworks() error {
	for _, part := range []*graph.Model{m.Encoder, m.Decoder} {
		if part == nil {
			return errors.New("want an autoencoder with encoder and decoder, got one without")
		}
		if err := part.Ready(); err != nil {
			return err
		}
	}
	if n := m.Encoder.In().Size(); n != m.Size.Numbers() {
		return errors.Errorf("want images of %d numbers for encoder %q, got %v", n, m.Encoder.Name(), m.Size)
	}
	if err := m.checkLarge(); err != nil {
		return err
	}
	return m.checkDecoder()
}

// checkLarge refuses images that are too large for a file: themselves, their codes, or what the decoder
// makes of them.
func (m *Model) checkLarge() error {
	made, _ := layers(m.Decoder)
	for _, c := range []struct {
		what      string
		got, most int
	}{
		{"images of", m.Size.Numbers(), limit.numbers},
		{"images with codes of", m.Decoder.In().Size(), limit.latents}, // a lossless code has all numbers of its image
		{"images for which the decoder's layers make", made, limit.layers},
	} {
		if c.got > c.most {
			return errors.Errorf("want %s at most %d numbers, got %v with %d: cut the images into tiles of one size, or make them smaller", c.what, c.most, m.Size, c.got)
		}
	}
	return nil
}
