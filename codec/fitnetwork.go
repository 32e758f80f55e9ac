package codec

import (
	"context"
	"encoding/hex"
	"math"

	"github.com/gorgonae/gorgonae/graph"
)

// mostExcess is the share of an image's error that the rounding of weights may add, if it is free to
// choose.
const mostExcess = 0.05

// setNetwork makes the section of the decoder, and replaces the decoder by what a reader makes of
// it. learned is the prior of a learned codec, or nil.
func (s *sample) setNetwork(ctx context.Context, m *Model, learned *graph.Prior, o FitOptions) error {
	original := m.Decoder
	var err error
	switch {
	case o.External:
		var print string
		if print, err = Fingerprint(original); err == nil {
			m.network, err = hex.DecodeString(print)
		}
		return err
	case o.WeightBits > 0:
		m.network, m.Decoder, err = roundNetwork(original, func(_ int, w *graph.Weight) tensor {
			return roundTensor(shape{Shape: w.Shape}, w.Data, o.WeightBits)
		})
		return err
	}
	price, excess, err := s.worth(ctx, m, learned, o)
	if err != nil {
		return err
	}
	found, err := influences(ctx, original, s.z)
	if err != nil {
		return err
	}
	most := mostExcess * (m.Report.Original + excess)
	if o.Error > 0 { // leave room for the rounding of codes
		most = min(most, (o.Error-m.Report.Original)/4)
	}
	const tries = 24
	for k := range tries {
		s.say("rounding the decoder", 0, 0)
		m.network, m.Decoder, err = roundNetwork(original, func(i int, w *graph.Weight) tensor {
			if found[i] == nil { // kept statistics of a batch norm, for one
				return roundTensor(shape{Shape: w.Shape}, w.Data, finestBits)
			}
			return weighTensor(shape{Shape: w.Shape}, w.Data, found[i], price*float64(s.count)*math.Ldexp(1, k))
		})
		if err != nil {
			return err
		}
		e, err := s.errorOf(ctx, m, s.z)
		if err != nil || e-m.Report.Original <= most {
			return err
		}
	}
	return nil
}

// worth returns how many bits a unit of an image's squared error is worth, and the error that
// quantised codes add. If the options do not say the worth, it follows from that error: it is
// proportional to the square of a factor of all steps, and the bits of each latent fall by log2 of
// the factor, so that a unit is worth latents/(2·error·ln 2) bits.
func (s *sample) worth(ctx context.Context, m *Model, learned *graph.Prior, o FitOptions) (price, excess float64, err error) {
	excess = (standardExcess - 1) * m.Report.Original
	switch {
	case o.Error > 0:
		excess = max(excess, o.Error-m.Report.Original)
	case learned != nil:
		m.Quantizer = Quantizer{learned.Step, learned.Offset}
		_, err = s.measure(ctx, m)
		excess = max(excess, m.Report.Error-m.Report.Original)
	case o.Bits > 0:
		err = s.fit(ctx, m, o)
		excess = max(excess, m.Report.Error-m.Report.Original)
	}
	if o.Lambda > 0 {
		return o.Lambda, excess, err
	}
	return float64(s.latents) / (2 * math.Ln2 * max(excess, 1e-6)), excess, err
}
