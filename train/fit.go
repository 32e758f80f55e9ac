package train

import (
	"context"
	"math"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster"
	"github.com/gorgonae/gorgonae/internal/random"
)

// ErrStop, returned from Hooks.Epoch, ends the training without an error.
var ErrStop = errors.New("stop training")

// Hooks are functions that Fit calls. Each may be nil. Begin and Epoch may call Trainer.Save.
type Hooks struct {
	Begin func() error      // before the first step, after settings and data have been checked
	Step  func(Progress)    // after each step
	Epoch func(Epoch) error // after each epoch; an error ends the training

	// Norms lets Progress have the norms of the gradients. Without it they cost nothing, unless
	// Config.Clip needs them. No bit of the training depends on it.
	Norms bool
}

// Fit trains until the run has done this number of epochs in all. A run that was resumed goes on
// from its position. After each epoch Fit computes the averages of batch norms anew, over up to 4,096
// examples of ds as the epoch has them, and evaluates val, which may be nil. When ctx is done, Fit
// stops after the present step and returns ctx's error; then the run can be saved and resumed.
func (t *Trainer) Fit(ctx context.Context, ds, val Dataset, epochs int, hooks Hooks) (History, error) {
	if err := t.begin(ds, val, epochs); err != nil {
		return t.history, err
	}
	var err error
	if hooks.Begin != nil {
		err = hooks.Begin()
	}
	if err := t.team.agree(ctx, err); err != nil {
		return t.history, err
	}
	for !t.Done(epochs) {
		epoch, err := t.epoch(ctx, ds, val, epochs, hooks)
		if err == nil {
			if hooks.Epoch != nil {
				err = hooks.Epoch(epoch)
			}
			err = t.team.agree(ctx, err)
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

// begin checks the data, that the settings are those that the run began with, and that all workers begin alike.
func (t *Trainer) begin(ds, val Dataset, epochs int) error {
	settings, err := t.check(ds, val, epochs)
	var text []byte
	if err == nil && t.team.Size() > 1 {
		text, err = t.beginning(settings)
	}
	if err = cluster.Agree(t.team, err); err != nil {
		return err
	}
	if err = cluster.Agree(t.team, t.alike(text)); err != nil {
		return err
	}
	t.settings, t.initial = settings, settings[initialSetting]
	return nil
}

// check is begin on one worker. It returns the settings.
func (t *Trainer) check(ds, val Dataset, epochs int) (map[string]string, error) {
	if epochs < 1 {
		return nil, errors.Errorf("want at least 1 epoch, got %d", epochs)
	}
	if t.pos.Epoch > epochs {
		return nil, errors.Errorf("want at least the %d epochs already done, got %d: ask for as many, or begin a new run", t.pos.Epoch, epochs)
	}
	if err := t.checkData(ds, val); err != nil {
		return nil, err
	}
	if err := t.statistics.check(ds.Len()); err != nil {
		return nil, err
	}
	settings := t.describe(ds, val, epochs)
	if err := sameSettings(t.settings, settings); err != nil {
		return nil, err
	}
	return settings, t.checkPosition(ds)
}

// checkData refuses data that do not fit the model or one another. They must also have targets of
// their own if and only if earlier data had them, since the graphs are compiled for that.
func (t *Trainer) checkData(ds, val Dataset) error {
	hasTarget, err := fits("the training data", ds, t.model)
	if err != nil {
		return err
	}
	if val != nil {
		valHasTarget, err := fits("the validation data", val, t.model)
		if err != nil {
			return err
		}
		if hasTarget != valHasTarget {
			return errors.Errorf("want targets in both training and validation data or in none, got them in the training data: %v, in the validation data: %v",
				hasTarget, valHasTarget)
		}
	} else if t.cfg.Patience > 0 {
		return errors.Errorf("want validation data for a patience of %d epochs, got none: give some, or set no patience", t.cfg.Patience)
	}
	if len(t.training.compiled) > 0 && hasTarget != t.training.hasTarget {
		return errors.Errorf("want training data like those before, with targets of their own: %v, got: %v: compile a new trainer",
			t.training.hasTarget, hasTarget)
	}
	t.setTarget(hasTarget)
	return nil
}

// Between reports whether the run is between two epochs: no step of the present epoch is done.
func (t *Trainer) Between() bool { return t.pos.Batch == 0 }

// Done reports whether nothing is left to train: the run has done all epochs, or early stopping has
// ended it.
func (t *Trainer) Done(epochs int) bool { return t.pos.Epoch >= epochs || t.stoppedEarly() }

// epoch trains on the examples that are left in the present epoch, evaluates val, and adds the
// epoch to the history.
func (t *Trainer) epoch(ctx context.Context, ds, val Dataset, epochs int, hooks Hooks) (epoch Epoch, err error) {
	start := time.Now()
	defer func() {
		if err != nil { // the run may be resumed in the middle of the epoch
			t.pos.Seconds += time.Since(start).Seconds()
		}
	}()
	examples, steps, before := read(ds), t.steps(ds), t.pos.Sum.Rows
	order, err := t.order(ds, t.pos.Epoch)
	if err := t.team.agree(ctx, err); err != nil {
		return epoch, err
	}
	ahead(ds, t.pos.Epoch, t.mine(order[min(t.pos.Batch*t.cfg.Batch, len(order)):]))
	for t.pos.Batch < steps {
		if err := ctx.Err(); err != nil && t.team.Size() == 1 {
			return epoch, err
		}
		from := t.pos.Batch * t.cfg.Batch
		taken, err := t.step(ctx, examples, order[from:min(from+t.cfg.Batch, len(order))], epochs*steps, hooks.Norms)
		if err != nil {
			return epoch, errors.WithMessagef(err, "epoch %d, step %d", t.pos.Epoch+1, t.pos.Batch+1)
		}
		if hooks.Step != nil {
			hooks.Step(t.progress(taken, epochs, steps, float64(t.pos.Sum.Rows-before)/time.Since(start).Seconds()))
		}
		if taken.stop != nil {
			return epoch, taken.stop
		}
	}
	if err := t.statistics.renew(ctx, t.team, examples, t.pos.Epoch, func() ([]int32, error) { return t.order(ds, 0) }); err != nil {
		return epoch, errors.WithMessagef(err, "statistics after epoch %d", t.pos.Epoch+1)
	}
	mean := t.pos.Sum.mean()
	epoch = Epoch{Loss: mean[0], Terms: mean[1:], ValLoss: math.NaN(), Rate: t.rate(t.pos.Step-1, epochs*steps)}
	if val != nil {
		val, err := t.validation.evaluate(ctx, t.team, val)
		if err != nil {
			return epoch, errors.WithMessagef(err, "validation after epoch %d", t.pos.Epoch+1)
		}
		epoch.ValLoss, epoch.ValTerms = val[0], val[1:]
	}
	epoch.Seconds = t.pos.Seconds + time.Since(start).Seconds()
	t.history.Epochs = append(t.history.Epochs, epoch)
	t.pos = position{Epoch: t.pos.Epoch + 1, Step: t.pos.Step, Before: t.pos.Before, Adopted: t.pos.Adopted}
	return epoch, nil
}

func (t *Trainer) steps(ds Dataset) int {
	steps := ds.Len() / t.cfg.Batch // the sum of both may overflow
	if ds.Len()%t.cfg.Batch > 0 {
		steps++
	}
	return steps
}

// order is the order of the examples in an epoch.
func (t *Trainer) order(ds Dataset, epoch int) ([]int32, error) {
	if t.cfg.InOrder {
		return inOrder(ds.Len()), nil
	}
	key := random.Key(t.cfg.Seed, "shuffle")
	if o, ok := ds.(Ordered); ok {
		if order := o.Order(key, epoch); order != nil {
			return order, checkOrder(order, ds.Len())
		}
	}
	return random.FromKey(random.Sub(key, uint64(epoch))).Perm(ds.Len()), nil
}

// checkOrder refuses an order that does not hold each example once.
func checkOrder(order []int32, n int) error {
	seen := make([]bool, n)
	for _, i := range order {
		if i < 0 || int(i) >= n || seen[i] {
			return errors.Errorf("want each of %d examples once in the order of the data set, got example %d twice or outside", n, i)
		}
		seen[i] = true
	}
	if len(order) != n {
		return errors.Errorf("want all %d examples in the order of the data set, got %d", n, len(order))
	}
	return nil
}

func inOrder(n int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	return order
}

// stoppedEarly reports whether the validation loss has had no new minimum for Config.Patience
// epochs. It looks at the history alone, so that a resumed run stops in the same epoch as one that
// was not interrupted.
func (t *Trainer) stoppedEarly() bool {
	lowest, best := math.Inf(1), 0
	for i, e := range t.history.Epochs {
		if e.ValLoss < lowest {
			lowest, best = e.ValLoss, i
		}
	}
	return t.cfg.Patience > 0 && len(t.history.Epochs)-1-best >= t.cfg.Patience
}
