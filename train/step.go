package train

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// step trains on one batch, in three parts: the gradients of the batch, their reduction to what the
// optimizer sees, and the update of the weights.
func (t *Trainer) step(examples reader, batch []int32, total int) error {
	gradients, err := t.gradients(examples, batch)
	if err != nil {
		return err
	}
	t.reduce(gradients)
	t.update(gradients, t.rate(t.pos.Step, total))
	t.pos.Batch++
	t.pos.Step++
	return nil
}

// gradients fills the input with a batch, runs the graph, adds the loss to the epoch's sum, gives
// kept weights their next values, and returns the gradient of each trained weight. They are
// overwritten in the next step.
func (t *Trainer) gradients(examples reader, batch []int32) ([][]float32, error) {
	p, err := t.training.get(len(batch))
	if err != nil {
		return nil, err
	}
	if err := p.fill(examples, t.pos.Epoch, batch); err != nil {
		return nil, err
	}
	if err := p.run(&t.pos.Sum); err != nil {
		return nil, err
	}
	if len(p.kept) > 0 {
		t.model.Change(func() {
			for i, w := range p.kept {
				copy(w.Data, p.Result(p.first.kept+i))
			}
		})
	}
	return p.grads, nil
}

// reduce clips the gradients: it scales all of them alike so that the norm of all together is at
// most Config.Clip.
func (t *Trainer) reduce(gradients [][]float32) {
	if t.cfg.Clip == 0 {
		return
	}
	sum := 0.0
	for _, g := range gradients {
		sum += reduce.SumSquares(g)
	}
	if norm := math.Sqrt(sum); norm > float64(t.cfg.Clip) {
		for _, g := range gradients {
			elementwise.Scale(g, g, float32(float64(t.cfg.Clip)/norm))
		}
	}
}

// update lets the optimizer change each trained weight.
func (t *Trainer) update(gradients [][]float32, rate float32) {
	t.model.Change(func() {
		for i, w := range t.training.weights {
			t.opt.Update(t.pos.Step+1, rate, w, gradients[i], t.slots[i])
		}
	})
}

// rate is the learning rate of a step of all.
func (t *Trainer) rate(step uint64, total int) float32 {
	return t.opt.Rate() * t.cfg.Schedule.Factor(int(step), total, t.pos.Epoch)
}
