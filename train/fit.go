package train

import (
	"context"
	"math"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/random"
)

// ErrStop, returned from Hooks.Epoch, ends the training without an error.
var ErrStop = errors.New("stop training")

// Hooks are called by Fit; each may be nil.
type Hooks struct {
	Begin func() error      // before the first step, when settings and data have been checked and the run may be saved
	Step  func(Progress)    // after each step
	Epoch func(Epoch) error // after each epoch, when the run may be saved; an error ends the training
}

// Progress is where a run stands.
type Progress struct {
	Epoch, Epochs int     // the present epoch, from 1, of all
	Step, Steps   int     // steps done in the epoch, of all
	Loss          float64 // mean over the epoch's examples so far
}

// position is where a run stands, as a checkpoint keeps it.
type position struct {
	Epoch   int     `json:"epoch"`   // epochs done
	Batch   int     `json:"batch"`   // steps done in the next one
	Step    uint64  `json:"step"`    // steps done in all
	Sum     sums    `json:"sum"`     // over the steps done in the next epoch
	Seconds float64 `json:"seconds"` // spent on them
}

// Fit trains until the run has seen a number of epochs in all: a run that was resumed goes on from where it stood. val
// is evaluated after each epoch; it may be nil. When ctx is done, Fit ends after the present step with ctx's error, and
// the run may be saved as it is.
func (t *Trainer) Fit(ctx context.Context, ds, val Dataset, epochs int, hooks Hooks) (History, error) {
	if err := t.begin(ds, val, epochs); err != nil {
		return t.history, err
	}
	if hooks.Begin != nil {
		if err := hooks.Begin(); err != nil {
			return t.history, err
		}
	}
	for !t.Done(epochs) {
		epoch, err := t.epoch(ctx, ds, val, epochs, hooks)
		if err == nil && hooks.Epoch != nil {
			err = hooks.Epoch(epoch)
		}
		if errors.Is(err, ErrStop) {
			break
		}
		if err != nil {
			return t.history, err
		}
	}
	return t.history, nil
}

// Done reports whether Fit would train no more: the run has seen all epochs, or early stopping has ended it.
func (t *Trainer) Done(epochs int) bool { return t.pos.Epoch >= epochs || t.stoppedEarly() }

// epoch trains on the examples that are left of the present epoch, evaluates, and enters the epoch into the history.
func (t *Trainer) epoch(ctx context.Context, ds, val Dataset, epochs int, hooks Hooks) (epoch Epoch, err error) {
	start := time.Now()
	defer func() {
		if err != nil { // the run may be saved and resumed in the middle of the epoch
			t.pos.Seconds += time.Since(start).Seconds()
		}
	}()
	order, steps := t.order(ds.Len()), t.steps(ds)
	for t.pos.Batch < steps {
		if err := ctx.Err(); err != nil {
			return epoch, err
		}
		from := t.pos.Batch * t.cfg.Batch
		if err := t.step(ds, order[from:min(from+t.cfg.Batch, len(order))], epochs*steps); err != nil {
			return epoch, errors.WithMessagef(err, "epoch %d, step %d", t.pos.Epoch+1, t.pos.Batch+1)
		}
		if hooks.Step != nil {
			hooks.Step(Progress{t.pos.Epoch + 1, epochs, t.pos.Batch, steps, t.pos.Sum.mean()[0]})
		}
	}
	mean := t.pos.Sum.mean()
	epoch = Epoch{Loss: mean[0], Terms: mean[1:], ValLoss: math.NaN(), Rate: t.rate(t.pos.Step-1, epochs*steps)}
	if val != nil {
		if epoch.ValLoss, epoch.ValTerms, err = t.Evaluate(ctx, val); err != nil {
			return epoch, errors.WithMessagef(err, "validation after epoch %d", t.pos.Epoch+1)
		}
	}
	epoch.Seconds = t.pos.Seconds + time.Since(start).Seconds()
	t.history.Epochs = append(t.history.Epochs, epoch)
	t.pos = position{Epoch: t.pos.Epoch + 1, Step: t.pos.Step}
	return epoch, nil
}

// step trains on one batch: fill the input, run the graph, read the loss, update the weights.
func (t *Trainer) step(ds Dataset, batch []int32, total int) error {
	p, err := t.program(len(batch), graph.Train)
	if err != nil {
		return err
	}
	if err := p.fill(ds, t.pos.Epoch, batch); err != nil {
		return err
	}
	if err := p.run(&t.pos.Sum); err != nil {
		return err
	}
	for i, w := range p.kept {
		copy(w.Data, p.Result(p.result.kept+i))
	}
	t.clip(p)
	rate := t.rate(t.pos.Step, total)
	for i, w := range t.weights {
		t.opt.Update(t.pos.Step+1, rate, w, p.Result(p.result.grads+i), t.moments[i])
	}
	t.pos.Batch++
	t.pos.Step++
	return nil
}

// clip scales all gradients alike so that their norm together is at most Config.Clip.
func (t *Trainer) clip(p *program) {
	if t.cfg.Clip == 0 {
		return
	}
	sum := 0.0
	for i := range t.weights {
		sum += f32.SumSquares(p.Result(p.result.grads + i))
	}
	if norm := math.Sqrt(sum); norm > float64(t.cfg.Clip) {
		for i := range t.weights {
			g := p.Result(p.result.grads + i)
			f32.Scale(g, g, float32(float64(t.cfg.Clip)/norm))
		}
	}
}

func (t *Trainer) rate(step uint64, total int) float32 {
	return t.opt.Rate() * t.cfg.Schedule.Factor(int(step), total, t.pos.Epoch)
}

func (t *Trainer) steps(ds Dataset) int { return (ds.Len() + t.cfg.Batch - 1) / t.cfg.Batch }

// order is the order of the examples in the present epoch.
func (t *Trainer) order(n int) []int32 {
	if t.cfg.InOrder {
		return inOrder(n)
	}
	return random.FromKey(random.Sub(random.Key(t.cfg.Seed, "shuffle"), uint64(t.pos.Epoch))).Perm(n)
}

func inOrder(n int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	return order
}

// stoppedEarly reports whether the validation loss has had no new minimum for Config.Patience epochs. It follows from
// the history, so that a run that was resumed stops where it would have.
func (t *Trainer) stoppedEarly() bool {
	lowest, best := math.Inf(1), 0
	for i, e := range t.history.Epochs {
		if e.ValLoss < lowest {
			lowest, best = e.ValLoss, i
		}
	}
	return t.cfg.Patience > 0 && len(t.history.Epochs)-1-best >= t.cfg.Patience
}

// Evaluate is the loss and its terms on a data set, as means over the examples; what is random in training only is off,
// and other noise is the same in every evaluation.
func (t *Trainer) Evaluate(ctx context.Context, ds Dataset) (loss float64, terms []float64, err error) {
	if err := t.checkData("the data", ds); err != nil {
		return 0, nil, err
	}
	var sum sums
	t.evaluated = 0
	order := inOrder(ds.Len())
	for len(order) > 0 {
		if err := ctx.Err(); err != nil {
			return 0, nil, err
		}
		batch := order[:min(t.cfg.Batch, len(order))]
		order = order[len(batch):]
		p, err := t.program(len(batch), graph.Evaluate)
		if err != nil {
			return 0, nil, err
		}
		if err := p.fill(ds, 0, batch); err != nil {
			return 0, nil, err
		}
		if err := p.run(&sum); err != nil {
			return 0, nil, err
		}
		t.evaluated++
	}
	mean := sum.mean()
	return mean[0], mean[1:], nil
}
