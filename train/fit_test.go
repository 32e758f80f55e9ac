package train_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// script is an optimizer that sets every weight to a given number in each step. With the model y =
// w·x + w and the example x = 0, the squared error is the square of the number of the step before.
type script struct {
	sgd
	values []float32
}

func (s script) Update(step uint64, _ float32, w *graph.Weight, _ []float32, _ [][]float32) {
	for i := range w.Data {
		w.Data[i] = s.values[step-1]
	}
}

var zero = &table{x: [][]float32{{0}}}

// scripted is a run with one step per epoch. The validation loss of epoch i is the square of
// values[i].
func scripted(t *testing.T, cfg train.Config, values ...float32) *train.Trainer {
	t.Helper()
	return compile(t, identity(t, 1, nil), train.MSE(), script{values: values}, cfg)
}

// A run ends when the validation loss has had no new minimum for a number of epochs. The loss need
// not grow.
func TestEarlyStopping(t *testing.T) {
	for _, c := range []struct {
		patience int
		losses   []float32 // square roots of the validation losses
		want     int       // epochs
	}{
		{0, []float32{1, 2, 3, 4, 5}, 5},
		{1, []float32{5, 4, 3, 2, 1}, 5},
		{1, []float32{1, 2, 0, 0, 0}, 2},
		{1, []float32{1, 1, 0, 0, 0}, 2},
		{2, []float32{3, 2, 2, 2, 1}, 4},
		{2, []float32{3, 2, 4, 1, 2, 3, 0}, 6},
		{3, []float32{1, 2, 3, 0.5, 1, 1, 1, 0}, 7},
		{4, []float32{1, 2, 3, 4}, 4},
		{9, []float32{1, 2, 3}, 3},
	} {
		epochs := len(c.losses)
		tr := scripted(t, train.Config{Patience: c.patience}, c.losses...)
		h := fit(t, tr, zero, zero, epochs)
		what := fmt.Sprintf("patience %d, losses %v", c.patience, c.losses)
		if len(h.Epochs) != c.want || !tr.Done(epochs) {
			t.Errorf("%s: %d epochs, want %d", what, len(h.Epochs), c.want)
		}
		for i, e := range h.Epochs {
			near(t, what+": val_loss", e.ValLoss, float64(c.losses[i]*c.losses[i]), 1e-7)
		}
		path := save(t, tr)
		for starts := range epochs { // the same with a resume after each epoch
			tr := scripted(t, train.Config{Patience: c.patience}, c.losses...)
			if starts > 0 {
				resume(t, tr, path)
			}
			h, err := tr.Fit(t.Context(), zero, zero, epochs, train.Hooks{Epoch: func(train.Epoch) error { return train.ErrStop }})
			if err != nil {
				t.Fatal(err)
			}
			if want := min(starts+1, c.want); len(h.Epochs) != want {
				t.Errorf("%s: after %d starts %d epochs, want %d", what, starts+1, len(h.Epochs), want)
			}
			path = save(t, tr)
		}
	}
}

// NaN or infinity in the loss ends the run with an error that names the step. Such weights are not
// saved, and an older file stays.
func TestLossIsNotFinite(t *testing.T) {
	for _, bad := range []float32{nan, inf, -inf, 1e30} {
		ds := &table{x: [][]float32{{0}, {0}, {0}}} // three steps per epoch
		tr := scripted(t, train.Config{Batch: 1}, 1, 1, 1, 1, bad, 1)
		path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
		h, err := tr.Fit(t.Context(), ds, nil, 2, train.Hooks{Epoch: func(train.Epoch) error { return tr.Save(path, nil) }})
		wantError(t, err, "epoch 2, step 3: want a finite loss, got", "smaller learning rate")
		if len(h.Epochs) != 1 {
			t.Errorf("%d epochs in the history, want 1", len(h.Epochs))
		}
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		err = tr.Save(path, nil)
		if bad == 1e30 {
			continue // the loss overflows, but the weights are finite
		}
		wantError(t, err, path, "identity/dense/kernel", "NaN or infinity")
		if now, err := os.ReadFile(path); err != nil || !slices.Equal(now, good) {
			t.Errorf("the old checkpoint changed (%v)", err)
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(entries) != 1 {
			t.Errorf("the folder holds %v (%v), want the checkpoint alone", entries, err)
		}
	}
}

func TestValidationLossIsNotFinite(t *testing.T) {
	tr := scripted(t, train.Config{}, 1, inf)
	h, err := tr.Fit(t.Context(), zero, zero, 2, train.Hooks{})
	wantError(t, err, "validation after epoch 2: want a finite loss, got")
	if len(h.Epochs) != 1 {
		t.Errorf("%d epochs in the history, want 1", len(h.Epochs))
	}
}

// Fit calls Begin once before all else, Step after each step with the loss of the epoch so far, and
// Epoch after the validation, when the history already holds the epoch.
func TestHooks(t *testing.T) {
	ds, val := &table{x: uniform(1, 5, 1)}, &table{x: uniform(2, 3, 1)}
	var events []string
	val.onExample = func(i int) { events = append(events, fmt.Sprint("validate ", i)) }
	tr := compile(t, identity(t, 1, nil), train.MSE(), script{values: []float32{1, 2, 3, 4, 5, 6}}, train.Config{Batch: 2})
	hooks := train.Hooks{
		Begin: func() error { events = append(events, "begin"); return nil },
		Step: func(p train.Progress) {
			events = append(events, fmt.Sprintf("step %d/%d of %d/%d", p.Step, p.Steps, p.Epoch, p.Epochs))
			if !(p.Loss >= 0) {
				t.Errorf("the loss so far is %v", p.Loss)
			}
		},
		Epoch: func(e train.Epoch) error {
			h := tr.History()
			events = append(events, fmt.Sprint("epoch ", len(h.Epochs)))
			if last := h.Epochs[len(h.Epochs)-1]; last.Loss != e.Loss || last.ValLoss != e.ValLoss || !(e.Seconds > 0) {
				t.Errorf("the hook got %+v, the history has %+v", e, last)
			}
			return nil
		},
	}
	if _, err := tr.Fit(t.Context(), ds, val, 2, hooks); err != nil {
		t.Fatal(err)
	}
	want := []string{"begin"}
	for epoch := 1; epoch <= 2; epoch++ {
		for step := 1; step <= 3; step++ {
			want = append(want, fmt.Sprintf("step %d/3 of %d/2", step, epoch))
		}
		want = append(want, "validate 0", "validate 1", "validate 2", fmt.Sprint("epoch ", epoch))
	}
	if !slices.Equal(events, want) {
		t.Errorf("the hooks were called as %q, want %q", events, want)
	}
}

// The loss that Step gets is the mean over the examples so far.
func TestProgressLoss(t *testing.T) {
	ds := &table{x: [][]float32{{0}, {0}, {0}, {0}, {0}}}
	tr := compile(t, identity(t, 1, nil), train.MSE(), script{values: []float32{1, 3, 0}}, train.Config{Batch: 2})
	want := []float64{0, 0.5, (0*2 + 1*2 + 9*1) / 5.0}
	_, err := tr.Fit(t.Context(), ds, nil, 1, train.Hooks{Step: func(p train.Progress) {
		near(t, "loss so far", p.Loss, want[p.Step-1], 1e-7)
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHookErrors(t *testing.T) {
	ds, broken := &table{x: uniform(1, 5, 1)}, errors.New("disk full")
	tr := compile(t, identity(t, 1, nil), train.MSE(), train.NewAdam(1e-3), train.Config{})
	if _, err := tr.Fit(t.Context(), ds, nil, 3, train.Hooks{Begin: func() error { return broken }}); !errors.Is(err, broken) || len(tr.History().Epochs) != 0 {
		t.Errorf("Begin failed, Fit returned %v", err)
	}
	if h, err := tr.Fit(t.Context(), ds, nil, 3, train.Hooks{Epoch: func(train.Epoch) error { return broken }}); !errors.Is(err, broken) || len(h.Epochs) != 1 {
		t.Errorf("Epoch failed, Fit returned %v and %d epochs", err, len(h.Epochs))
	}
	stop := func(train.Epoch) error { return errors.Wrap(train.ErrStop, "good enough") }
	if h, err := tr.Fit(t.Context(), ds, nil, 3, train.Hooks{Epoch: stop}); err != nil || len(h.Epochs) != 2 {
		t.Errorf("Epoch stopped, Fit returned %v and %d epochs", err, len(h.Epochs))
	}
	fit(t, tr, ds, nil, 3) // and it can go on
}

// The history has the learning rate of each epoch's last step.
func TestRates(t *testing.T) {
	ds, schedule := &table{x: uniform(1, 10, 1)}, train.Cosine{Warmup: 2}
	h := fit(t, compile(t, identity(t, 1, nil), train.MSE(), sgd{0.5}, train.Config{Batch: 4, Schedule: schedule}), ds, nil, 3)
	for i, e := range h.Epochs {
		if want := 0.5 * schedule.Factor(3*i+2, 9, i); e.Rate != want {
			t.Errorf("the rate of epoch %d is %v, want %v", i+1, e.Rate, want)
		}
	}
}

// The seconds of an epoch include those before an interruption.
func TestSeconds(t *testing.T) {
	ds := &table{x: uniform(1, 2, 1), onExample: func(int) { time.Sleep(20 * time.Millisecond) }}
	ctx, cancel := context.WithCancel(context.Background())
	tr := compile(t, identity(t, 1, nil), train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 1})
	if _, err := tr.Fit(ctx, ds, nil, 1, train.Hooks{Step: func(train.Progress) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	again := compile(t, identity(t, 1, nil), train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 1})
	resume(t, again, save(t, tr))
	if e := fit(t, again, ds, nil, 1).Epochs[0]; e.Seconds < 0.04 {
		t.Errorf("two steps of at least 0.02 s took %v s", e.Seconds)
	}
}

// When the context is done, Fit ends after the present step with the context's own error.
func TestCancel(t *testing.T) {
	ds := &table{x: uniform(1, 5, 1)}
	newTrainer := func() *train.Trainer {
		return compile(t, identity(t, 1, nil), train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 1})
	}
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	_, err := newTrainer().Fit(ctx, ds, nil, 9, train.Hooks{Step: func(train.Progress) {
		if steps++; steps == 7 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || steps != 7 {
		t.Errorf("cancelled in step 7: %d steps, error %v", steps, err)
	}
	_, err = newTrainer().Fit(ctx, ds, nil, 9, train.Hooks{Step: func(train.Progress) { t.Error("a step after the end") }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	late, stop := context.WithTimeout(context.Background(), 0)
	defer stop()
	if _, err := train.Evaluate(late, identity(t, 1, nil), ds, train.MSE(), 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("evaluating after the deadline: %v", err)
	}
}
