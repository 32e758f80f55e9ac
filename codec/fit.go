package codec

import (
	"context"
	"encoding/hex"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
)

// FitOptions are the settings of Fit. The zero value makes codes that cost 1 % more squared error
// than unquantised ones. At most one of Error and Bits is above 0.
type FitOptions struct {
	Error      float64 // the wanted squared error of an image, summed over its numbers in [0, 1]
	Bits       float64 // the wanted bits of an image's code
	WeightBits int     // of a weight of the decoder network, 2 to 12; 0: 8
	External   bool    // files name the decoder, and do not hold it
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

const (
	defaultWeightBits = 8
	standardExcess    = 1.01 // how much more error quantised codes have, if nothing else is wanted
)

func (o *FitOptions) complete() error {
	if o.WeightBits == 0 {
		o.WeightBits = defaultWeightBits
	}
	switch {
	case !(o.Error >= 0 && o.Bits >= 0) || math.IsInf(o.Error+o.Bits, 1) || o.Error > 0 && o.Bits > 0:
		return errors.Errorf("want a finite error or finite bits, or neither, got an error of %v and %v bits", o.Error, o.Bits)
	case o.WeightBits < 2 || o.WeightBits > 12:
		return errors.Errorf("want 2 to 12 bits for a weight, got %d", o.WeightBits)
	}
	return nil
}

// Fit makes a codec of a trained autoencoder. It rounds the weights of the decoder. It chooses a
// step for each latent: the more a latent changes an image, the smaller its step. A factor of all
// steps is then searched so that the images have the error, or their codes have the bits, that the
// options want. Last, a table of each latent is fitted to the codes of the training images. It uses
// at most 65536 of the images, and measures errors on at most 4096.
//
// A learned codec has its own quantiser, and perhaps its own prior. Then the options must not want
// an error or bits: its training decided them.
func Fit(ctx context.Context, ae *autoencoder.Autoencoder, training images.Source, o FitOptions) (*Model, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if err := selfTest(); err != nil {
		return nil, err
	}
	m := &Model{Size: training.Size(), Encoder: ae.Encoder, Decoder: ae.Decoder, external: o.External}
	if err := m.checkNetworks(); err != nil {
		return nil, err
	}
	if training.Len() == 0 {
		return nil, errors.New("want training images, got none")
	}
	s, err := takeSample(ctx, m, training)
	if err != nil {
		return nil, err
	}
	if m.Report.Original, err = s.errorOf(ctx, m, s.z); err != nil {
		return nil, err
	}
	if err := m.setNetwork(o.WeightBits); err != nil {
		return nil, err
	}
	if m.Report.Decoder, err = s.errorOf(ctx, m, s.z); err != nil {
		return nil, err
	}
	learned, err := ae.Prior()
	if err != nil {
		return nil, err
	}
	if learned != nil {
		err = s.learned(ctx, m, ae, o)
	} else {
		err = s.fit(ctx, m, o)
	}
	if err != nil {
		return nil, err
	}
	m.Report.Images, m.Report.DecoderBytes = s.measured, len(m.network)
	return m, m.check()
}

// checkNetworks refuses an autoencoder that does not fit the images.
func (m *Model) checkNetworks() error {
	for _, part := range []interface{ Ready() error }{m.Encoder, m.Decoder} {
		if err := part.Ready(); err != nil {
			return err
		}
	}
	if err := checkImage(m.Size); err != nil {
		return err
	}
	if n := m.Encoder.In().Size(); n != m.Size.Numbers() {
		return errors.Errorf("want images of %d numbers for encoder %q, got %v", n, m.Encoder.Name(), m.Size)
	}
	return m.checkDecoder()
}

// setNetwork makes the section of the decoder, and replaces the decoder by what a reader makes of
// it.
func (m *Model) setNetwork(bits int) error {
	var err error
	if m.external {
		var print string
		if print, err = Fingerprint(m.Decoder); err != nil {
			return err
		}
		m.network, err = hex.DecodeString(print)
		return err
	}
	m.network, m.Decoder, err = roundNetwork(m.Decoder, bits)
	return err
}
