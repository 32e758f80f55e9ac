package graph

import (
	"context"
	"runtime"
	"sync"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// maxBatch is the largest batch that Predict runs at once: large enough for the matrix product,
// small enough for the cache. maxNumbers bounds the numbers that a layer makes of a batch, since
// large images need much memory.
const (
	maxBatch   = 256
	maxNumbers = 1 << 24
)

// maxAtOnce bounds the numbers that a layer makes when Predict runs, 8 GB.
const maxAtOnce = 1<<31 - 1

// PredictBatch returns the batch size that Predict uses if there are enough examples.
func (m *Model) PredictBatch() int {
	batch, size := maxBatch, m.Largest()
	for batch > 1 && batch*size > maxNumbers {
		batch /= 2
	}
	return batch
}

// Largest returns how many numbers the largest output of a layer has, for one example.
func (m *Model) Largest() int {
	size := 0
	for _, n := range m.nodes {
		size = max(size, n.shape.Size())
		if inner := n.Model(); inner != nil {
			size = max(size, inner.Largest())
		}
	}
	return size
}

// Predict applies the model to the examples in x, one after another, and returns the outputs, one
// after another. Images in x and in the result are in memory order, (height, width, channels); see
// NodeShape. Several goroutines may call it at once, also while the model is trained: then each batch of
// PredictBatch examples is computed with the weights between two steps. It does not change x.
func (m *Model) Predict(ctx context.Context, x []float32) ([]float32, error) {
	if err := m.Ready(); err != nil {
		return nil, err
	}
	in, out := m.In().Size(), m.Out().Size()
	if len(x)%in != 0 {
		return nil, errors.Errorf("model %q: want examples of %d numbers, got %d numbers, which is no multiple", m.name, in, len(x))
	}
	rows := len(x) / in
	y := make([]float32, rows*out)
	batch := 1
	if rows > 1 {
		batch = m.PredictBatch()
	}
	for r := 0; r < rows; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for batch > rows-r {
			batch /= 2
		}
		if err := m.predictBatch(y[r*out:][:batch*out], x[r*in:][:batch*in], batch); err != nil {
			return nil, err
		}
		r += batch
	}
	return y, nil
}

func (m *Model) predictBatch(y, x []float32, batch int) error {
	p, err := m.free.take(m, batch)
	if err != nil {
		return err
	}
	if err := m.read(func() error { return p.RunOn(p.x, x, y) }); err != nil {
		return errors.Wrapf(err, "model %q", m.name)
	}
	m.free.give(p, batch)
	return nil
}

// predictor is a compiled graph of the model with its bound input.
type predictor struct {
	*op.Program
	x []float32
}

// predictors keeps the compiled graphs that no goroutine is running, by batch size, at most one for
// each processor.
type predictors struct {
	mu   sync.Mutex
	idle map[int][]*predictor
}

func (f *predictors) take(m *Model, batch int) (*predictor, error) {
	f.mu.Lock()
	idle := f.idle[batch]
	if n := len(idle); n > 0 {
		p := idle[n-1]
		f.idle[batch] = idle[:n-1]
		f.mu.Unlock()
		return p, nil
	}
	f.mu.Unlock()

	if n := m.Largest(); n > maxAtOnce/batch {
		return nil, errors.Errorf("model %q: want layers that make at most %d numbers, got %d for %d example(s): the input is too large to be computed as a whole", m.name, maxAtOnce, n, batch)
	}
	p := &predictor{x: make([]float32, batch*m.In().Size())}
	var err error
	p.Program, err = op.Compile(func(t *op.Tape) []*G.Node {
		b := NewBuilder(t, Predict, batch)
		return []*G.Node{m.Build(b, b.Examples("input", m.In(), p.x))}
	})
	return p, errors.Wrapf(err, "model %q", m.name)
}

func (f *predictors) give(p *predictor, batch int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.idle == nil {
		f.idle = map[int][]*predictor{}
	}
	if len(f.idle[batch]) < runtime.GOMAXPROCS(0) {
		f.idle[batch] = append(f.idle[batch], p)
	}
}
