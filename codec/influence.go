package codec

import (
	"context"
	"slices"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/train"
)

// collector is an optimizer that changes nothing. It adds the squares of gradients, by weight.
type collector struct {
	sums map[*graph.Weight][]float64
}

func (c *collector) Rate() float32   { return 1 }
func (c *collector) Slots() []string { return nil }
func (c *collector) Check() error    { return nil }
func (c *collector) String() string  { return "collector" }

func (c *collector) Update(_ uint64, _ float32, w *graph.Weight, g []float32, _ [][]float32) {
	sum := c.sums[w]
	if sum == nil {
		sum = make([]float64, len(g))
		c.sums[w] = sum
	}
	for i, v := range g {
		sum[i] += float64(float64(v) * float64(v))
	}
}

const (
	influenceBatch   = 16
	influenceBatches = 64
)

// meanSquares returns, for each number of each weight, the mean over examples of its squared
// gradient, in the order of m.Weights; nil for a weight that is not trained. The gradients of
// examples must be independent, with a mean of 0: then the expected square of a batch's gradient is
// the mean of the squares divided by the size of the batch. The loss is the squared distance from the
// targets, and what the layers add. The weights keep their values.
func meanSquares(ctx context.Context, m *graph.Model, ds train.Dataset) ([][]float64, error) {
	numbers, _ := layers(m)
	batch := max(1, min(influenceBatch, ds.Len(), limit.batch/4/numbers))
	c := &collector{map[*graph.Weight][]float64{}}
	t, err := train.Compile(m, train.MSE().Sum(), c, train.Config{Batch: batch, InOrder: true})
	if err != nil {
		return nil, err
	}
	n := min(influenceBatches, ds.Len()/batch)
	if _, err := t.Fit(ctx, firstOf{ds, n * batch}, nil, 1, train.Hooks{}); err != nil {
		return nil, err
	}
	var means [][]float64
	for _, w := range m.Weights() {
		sum := c.sums[w]
		for i := range sum {
			sum[i] *= float64(batch) / float64(n)
		}
		means = append(means, sum)
	}
	return means, nil
}

// firstOf is the beginning of a data set.
type firstOf struct {
	train.Dataset
	n int
}

func (f firstOf) Len() int { return f.n }

// influences returns the influence of each weight of a decoder on images, as meanSquares does: the
// squared error that a change of the weight by 1 would make, if its effect were linear. That is the
// sum of the squared derivatives of an image's numbers y, averaged over the images of some codes. For
// independent random signs v, the expected square of the derivative of the sum of v·y is this sum
// (M. Hutchinson, "A stochastic estimator of the trace", 1989). The squared distance of y from
// y - v/2 has this derivative, so that one step of training serves all weights at once.
func influences(ctx context.Context, m *graph.Model, z []float32) ([][]float64, error) {
	latents := m.In().Size()
	copied, err := clone(m) // training would change what a batch norm keeps
	if err != nil {
		return nil, err
	}
	all := len(z) / latents
	n := min(influenceBatch*influenceBatches, all)
	s := signed{m: m}
	for i := range n {
		s.z = append(s.z, z[i*all/n*latents:][:latents]...)
	}
	return meanSquares(ctx, copied, s)
}

// clone returns a model with weights of its own.
func clone(m *graph.Model) (*graph.Model, error) {
	text, err := m.Architecture()
	if err != nil {
		return nil, err
	}
	c, err := graph.ReadArchitecture(text)
	if err != nil {
		return nil, err
	}
	for i, w := range c.Weights() {
		if err := w.Set(slices.Clone(m.Weights()[i].Data)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// signed is a set of codes, each with its image less random signs, halved, as the target.
type signed struct {
	m *graph.Model
	z []float32
}

func (s signed) Len() int            { return len(s.z) / s.m.In().Size() }
func (s signed) Shape() (x, y []int) { return s.m.In(), s.m.Out() }

func (s signed) Example(_, i int, x, y []float32) error {
	copy(x, s.z[i*len(x):])
	image, err := s.m.Predict(context.Background(), x)
	if err != nil {
		return err
	}
	r := random.New(uint64(i), "codec", "signs")
	for k, v := range image {
		half := float32(0.5)
		if r.Uint64()&1 == 0 {
			half = -half
		}
		y[k] = v - half
	}
	return nil
}
