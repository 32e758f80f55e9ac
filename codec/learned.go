package codec

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// learned takes quantiser and prior of a learned codec.
func (s *sample) learned(ctx context.Context, m *Model, ae *autoencoder.Autoencoder, o FitOptions) error {
	if o.Error > 0 || o.Bits > 0 {
		return errors.Errorf("want no error and no bits for a model that has learned its quantiser, got %v and %v: train it with another factor of the error", o.Error, o.Bits)
	}
	layer, p, err := codeLayer(ae.Model)
	if err != nil {
		return err
	}
	m.Quantizer = Quantizer{p.Step, p.Offset}
	if err := s.measure(ctx, m); err != nil {
		return err
	}
	if !p.Conditional() {
		s.prior(m)
		return nil
	}
	if m.Prior, err = roundConditional(layer, o.WeightBits); err != nil {
		return err
	}
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
