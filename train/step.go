package train

import (
	"context"
	"math"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// taken is a step that was taken.
type taken struct {
	loss float64 // mean over the batch, with all terms
	rate float32 // the learning rate
	norm float64 // of all gradients together, before they were clipped; NaN if nobody wants it
	stop error   // not nil if this is the last step, because a worker was told to stop
}

// step trains on one batch, in three parts: the gradients of the batch, their reduction to what the
// optimizer sees, and the update of the weights. total is the number of steps of the whole run.
func (t *Trainer) step(ctx context.Context, examples reader, batch []int32, total int, wantNorm bool) (s taken, err error) {
	gradients, loss, stop, err := t.gradients(ctx, examples, batch)
	if err != nil {
		return s, err
	}
	s = taken{loss: loss, stop: stop, rate: t.rate(t.pos.Step, total), norm: t.reduce(gradients, wantNorm)}
	t.update(gradients, s.rate)
	t.pos.Batch++
	t.pos.Step++
	if wantNorm {
		if t.pos.Norms == nil {
			t.pos.Norms = &norms{}
		}
		t.pos.Norms.add(s.norm)
	}
	return s, nil
}

// gradients fills the input with a batch, runs the graph, adds the loss to the epoch's sum, gives
// kept weights their next values, and returns the gradient of each trained weight and the batch's
// loss. The gradients are overwritten in the next step.
func (t *Trainer) gradients(ctx context.Context, examples reader, batch []int32) (gradients [][]float32, loss float64, stop, err error) {
	if t.cfg.Shards > 1 {
		return t.inParts(ctx, examples, batch)
	}
	p, err := t.training.get(whole(len(batch)))
	if err != nil {
		return nil, 0, nil, err
	}
	if err := p.fill(examples, t.pos.Epoch, batch); err != nil {
		return nil, 0, nil, err
	}
	losses := make([]float32, 1+len(p.terms))
	if err := p.run(losses); err != nil {
		return nil, 0, nil, err
	}
	t.pos.Sum.add(len(batch), losses)
	if len(p.kept) > 0 {
		t.model.Change(func() {
			for i, w := range p.kept {
				copy(w.Data, p.Result(p.first.kept+i))
			}
		})
	}
	return p.grads, float64(losses[0]), nil, nil
}

// reduce clips the gradients: it scales all of them alike so that the norm of all together is at
// most Config.Clip. It returns the norm that they had before, or NaN if neither Clip nor the caller
// wants it.
func (t *Trainer) reduce(gradients [][]float32, wantNorm bool) float64 {
	if t.cfg.Clip == 0 && !wantNorm {
		return math.NaN()
	}
	sum := 0.0
	for _, g := range gradients {
		sum += reduce.SumSquares(g)
	}
	norm := math.Sqrt(sum)
	if t.cfg.Clip > 0 && norm > float64(t.cfg.Clip) {
		for _, g := range gradients {
			elementwise.Scale(g, g, float32(float64(t.cfg.Clip)/norm))
		}
	}
	return norm
}

// update lets the optimizer change each trained weight.
func (t *Trainer) update(gradients [][]float32, rate float32) {
	t.model.Change(func() {
		for i, w := range t.training.weights {
			t.opt.Update(t.pos.Before+t.pos.Step+1, rate, w, gradients[i], t.slots[i])
		}
	})
}

// rate is the learning rate of a step of all.
func (t *Trainer) rate(step uint64, total int) float32 {
	return t.opt.Rate() * t.cfg.Schedule.Factor(int(step), total, t.pos.Epoch)
}
