package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Sampler applies a model with the noise of its layers, which Predict leaves out: dropout, Gaussian
// noise and samples of distributions. One goroutine at a time may use it.
type Sampler struct {
	program *op.Program
	x       []float32
	step    uint64
}

// NewSampler compiles the model for batches of rows examples. With mode Train its layers behave as
// in training, with mode Evaluate as in validation. All noise follows from the seed, the step and
// the layer's name.
func NewSampler(m *Model, mode Mode, rows int, seed uint64) (*Sampler, error) {
	if err := m.Ready(); err != nil {
		return nil, err
	}
	s := &Sampler{x: make([]float32, rows*m.In().Size())}
	var err error
	s.program, err = op.Compile(func(t *op.Tape) []*G.Node {
		b := NewBuilder(t, mode, rows).DrawFrom(seed, &s.step)
		return []*G.Node{m.Build(b, b.Examples("input", m.In(), s.x))}
	})
	return s, errors.WithMessagef(err, "model %q", m.Name())
}

// Run applies the model to a batch of rows examples, with the noise of a step. The result is valid
// until the next Run.
func (s *Sampler) Run(step uint64, x []float32) ([]float32, error) {
	if len(x) != len(s.x) {
		return nil, errors.Errorf("want a batch of %d numbers, got %d", len(s.x), len(x))
	}
	copy(s.x, x)
	s.step = step
	if err := s.program.Run(); err != nil {
		return nil, err
	}
	return s.program.Result(0), nil
}
