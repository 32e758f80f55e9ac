package codec

import (
	"cmp"
	"context"
	"math"

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
	// use takes a factor of 2^(k/32), and rounds the prior's weights to a number of bits.
	use := func(k, bits int) error {
		s.say(choosing, 0, 0)
		m.Quantizer = Quantizer{scaled(p.Step, factor(k)), p.Offset}
		q, err := s.measure(ctx, m)
		if err != nil {
			return err
		}
		if !p.Conditional() {
			s.prior(m)
			return ctx.Err()
		}
		if m.Prior, err = fitConditional(ctx, layer, k, q, s.count, bits); err != nil {
			return err
		}
		b, err := m.Prior.Encode(ctx, q)
		m.Report.Bits = 8 * float64(len(b)) / float64(s.measured)
		return err
	}
	k := 0
	if o.Error > 0 || o.Bits > 0 {
		k, err = search(-mostLearned, mostLearned, func(k int) (bool, error) {
			if err := use(k, cmp.Or(o.WeightBits, searchBits)); err != nil {
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
	if o.Lambda == 0 {
		m.Lambda, err = slope(k, func(k int) (bits, loss float64, err error) {
			err = use(k, cmp.Or(o.WeightBits, searchBits))
			return m.Report.Bits, m.Report.Error, err
		})
		if err != nil {
			return err
		}
	}
	// The prior of the file may take some more bits than that of the search.
	for most := k + factorDigits; ; k++ {
		if err := use(k, o.WeightBits); err != nil {
			return err
		}
		if err := m.missed(o); err == nil || o.Bits == 0 || k == most {
			return err
		}
	}
}

// mostLearned bounds the factor of learned steps: 2^6 and 2^-6.
const mostLearned = 6 * factorDigits

// searchBits is the bits of a prior's weight while a factor is searched, if the options name none: it
// takes less time than to find how many pay.
const searchBits = 8

// codeLayer returns the node of a model that calls a code layer, and its prior.
func codeLayer(m *graph.Model) (*graph.Node, *graph.Prior, error) {
	for _, n := range m.Nodes() {
		if p, err := graph.PriorOf(n); p != nil || err != nil {
			return n, p, err
		}
	}
	return nil, nil, errors.Errorf("model %q: want a code layer, got none", m.Name())
}

// fitConditional rounds the prior of a code layer for steps of 2^(k/32) times the trained ones: to a
// number of bits, or, if that is 0, so finely that weights and codes of a file of count images take
// the fewest bits together.
func fitConditional(ctx context.Context, layer *graph.Node, k int, codes []int32, count, bits int) (Prior, error) {
	if bits > 0 {
		return roundConditional(layer, k, func(_ int, s shape, w []float32) tensor { return roundTensor(s, w, bits) })
	}
	trained := layer.Weights()[2:]
	latents, hidden := trained[0].Shape[0], trained[0].Shape[1]
	m, weights, _, err := priorModel(latents, hidden)
	if err != nil {
		return nil, err
	}
	for _, w := range m.Weights() {
		w.Data = make([]float32, w.Shape.Size()) // step 1 and offset 0: inputs are the integers
	}
	for i, data := range rescale(trained, k) {
		copy(weights[i].Data, data)
	}
	found, err := meanSquares(ctx, m, integers{codes, latents})
	if err != nil {
		return nil, err
	}
	return roundConditional(layer, k, func(i int, s shape, w []float32) tensor {
		influence := found[2+i] // behind the quantiser's
		for k := range influence {
			influence[k] *= math.Ln2 / 2
		}
		return weighTensor(s, w, influence, float64(count))
	})
}

// integers is a set of codes' integers. The bits of a code are -log2 of its probability. Near the
// weights that were trained, the expected bits rise by the squared change of a weight, times half of
// the mean square of the bits' derivative, times ln 2: the second derivative of a logarithm of a
// probability has that mean (the information of R. Fisher).
type integers struct {
	q       []int32
	latents int
}

func (s integers) Len() int            { return len(s.q) / s.latents }
func (s integers) Shape() (x, y []int) { return []int{s.latents}, nil }

func (s integers) Example(_, i int, x, _ []float32) error {
	n := min(s.Len(), influenceBatch*influenceBatches) // evenly over all codes
	for k, v := range s.q[i%n*s.Len()/n*s.latents:][:s.latents] {
		x[k] = float32(v)
	}
	return nil
}
