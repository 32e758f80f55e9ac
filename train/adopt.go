package train

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Adopt continues the training of another program, whose weights the model has already: the optimizer goes
// on from the steps done there, with its state. slots gives the state of a weight in the order of
// Optimizer.Slots. The steps, epochs and learning rates of this run count from its own beginning. Call it
// before the first step.
func (t *Trainer) Adopt(steps uint64, slots func(w *graph.Weight) [][]float32) error {
	if t.pos.Step > 0 || t.settings != nil {
		return errors.New("want a run that has not begun, got one that has: adopt the state of another program before the first step")
	}
	const most = 1 << 62 // its powers and sums do not overflow
	if steps > most {
		return errors.Errorf("want at most %d steps, got %d", uint64(most), steps)
	}
	t.pos.Adopted = true
	if slots == nil {
		return nil
	}
	names := t.opt.Slots()
	taken := make([][][]float32, len(t.slots))
	for i, w := range t.training.weights {
		all := slots(w)
		if len(all) != len(names) {
			return errors.Errorf("want %d arrays of the optimizer for weight %q, got %d", len(names), w.Name, len(all))
		}
		for k, x := range all {
			if len(x) != len(w.Data) {
				return errors.Errorf("want %d numbers as the optimizer's %s of weight %q, got %d", len(w.Data), names[k], w.Name, len(x))
			}
			if err := checkFinite(x); err != nil {
				return errors.WithMessagef(err, "the optimizer's %s of weight %q", names[k], w.Name)
			}
		}
		taken[i] = all
	}
	for i, all := range taken {
		for k, x := range all {
			copy(t.slots[i][k], x)
		}
	}
	t.pos.Before = steps
	return nil
}
