package codec

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// learned takes quantiser and prior of a learned codec, with steps for the wanted error or bits.
func (s *sample) learned(ctx context.Context, m *Model, ae *autoencoder.Autoencoder, o FitOptions) error {
	layer, p, err := codeLayer(ae.Model)
	if err != nil {
		return err
	}
	use := func(k int) error { // a factor of 2^(k/32)
		m.Quantizer = Quantizer{scaled(p.Step, factor(k)), p.Offset}
		if err := s.measure(ctx, m); err != nil {
			return err
		}
		if !p.Conditional() {
			s.prior(m)
			return ctx.Err()
		}
		if m.Prior, err = roundConditional(layer, o.WeightBits, k); err != nil {
			return err
		}
		return s.rate(ctx, m)
	}
	k := 0
	if o.Error > 0 || o.Bits > 0 {
		k, err = search(-mostLearned, mostLearned, func(k int) (bool, error) {
			if err := use(k); err != nil {
				return false, err
			}
			return o.Error > 0 && m.Report.Error <= o.Error || o.Bits > 0 && m.Report.Bits > o.Bits, nil
		})
		if err != nil {
			return err
		}
	}
	if o.Bits > 0 {
		k++ // the first factor with few enough bits
	}
	if err := use(k); err != nil {
		return err
	}
	return m.missed(o)
}

// mostLearned bounds the factor of learned steps: 2^6 and 2^-6.
const mostLearned = 6 * factorDigits

// rate sets the bits of an image from what the prior makes of the codes.
func (s *sample) rate(ctx context.Context, m *Model) error {
	q := make([]int32, len(s.z))
	m.Quantizer.Quantize(q, s.z)
	b, err := m.Prior.Encode(ctx, q)
	m.Report.Bits = 8 * float64(len(b)) / float64(s.measured)
	return err
}

// codeLayer returns the node of a model that calls a code layer, and its prior.
func codeLayer(m *graph.Model) (*graph.Node, *graph.Prior, error) {
	for _, n := range m.Nodes() {
		if p, err := graph.PriorOf(n); p != nil || err != nil {
			return n, p, err
		}
	}
	return nil, nil, errors.Errorf("model %q: want a code layer, got none", m.Name())
}
