package train_test

import (
	"context"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// normed is a model on vectors with a batch norm of its input and one of what a layer makes of it.
func normed(t testing.TB, width int) *graph.Model {
	t.Helper()
	x := graph.Input("x", width)
	h := graph.Dropout("dropout", graph.SiLU("silu", graph.Dense("dense", graph.BatchNorm("first", x), 3)), 0.2)
	m := graph.New("normed", x, graph.Dense("out", graph.BatchNorm("second", h), width))
	initialise(t, m)
	return m
}

// weight returns a copy of a weight's values.
func weight(t testing.TB, m *graph.Model, name string) []float32 {
	t.Helper()
	for _, w := range m.Weights() {
		if w.Name == name {
			return slices.Clone(w.Data)
		}
	}
	t.Fatalf("model %q has no weight %q", m.Name(), name)
	return nil
}

// After an epoch the averages of a norm are those of the whole training data, however few steps were
// made. Batches of 8 and 7 examples become two of 7, which leave one example out; the data are such
// that it does not matter which.
func TestStatistics(t *testing.T) {
	ds := &table{}
	for i := range 15 {
		ds.x = append(ds.x, []float32{3, float32(100 * (i % 2))})
	}
	ds.x[14][1] = 50
	for _, inOrder := range []bool{true, false} {
		m := normed(t, 2)
		cfg := train.Config{Batch: 8, InOrder: inOrder, Seed: 2}
		fit(t, compile(t, m, train.MSE(), train.NewAdam(1e-3), cfg), &table{x: ds.x[:14]}, nil, 1)
		mean, variance := weight(t, m, "normed/first/mean"), weight(t, m, "normed/first/variance")
		for i, want := range []float64{3, 50} {
			near(t, "mean", float64(mean[i]), want, 1e-4)
			near(t, "variance", float64(variance[i]), []float64{0, 2500}[i], 1e-3)
		}
		m = normed(t, 2)
		cfg.Batch, cfg.InOrder = 14, true
		fit(t, compile(t, m, train.MSE(), train.NewAdam(1e-3), cfg), ds, nil, 1) // the last batch is one example
		if mean := weight(t, m, "normed/first/mean"); mean[0] != 3 || mean[1] != 50 {
			t.Errorf("batches of 14 and 1 give the means %v, want 3 and 50", mean)
		}
	}
}

// A last batch of one example does not change the averages: a norm has nothing to average.
func TestStatisticsOfOne(t *testing.T) {
	m := normed(t, 2)
	ds := &table{x: [][]float32{{1, 2}, {3, 4}, {1000, 1000}}}
	tr := compile(t, m, train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 2, InOrder: true})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var before []float32
	_, err := tr.Fit(ctx, ds, nil, 1, train.Hooks{Step: func(p train.Progress) {
		if p.Step == 1 {
			before = weight(t, m, "normed/first/mean")
		} else {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if after := weight(t, m, "normed/first/mean"); !slices.Equal(after, before) || before[0] == 0 {
		t.Errorf("a batch of one example moved the mean from %v to %v", before, after)
	}
	for _, c := range []struct {
		ds    *table
		batch int
	}{{ds, 1}, {&table{x: ds.x[:1]}, 2}} {
		_, err := compile(t, normed(t, 2), train.MSE(), train.NewAdam(1e-3), train.Config{Batch: c.batch}).Fit(t.Context(), c.ds, nil, 1, train.Hooks{})
		wantError(t, err, "want batches of at least 2 examples in each shard, got 1 in 1", `"normed/first/mean"`, "a larger batch, fewer shards or more examples")
	}
}

// A run with norms that is stopped at any step, saved and resumed ends with the bits of one that was
// not stopped. The trained weights do not depend on the averages.
func TestStatisticsResume(t *testing.T) {
	ds, val := &table{x: uniform(1, 11, 6)}, &table{x: uniform(2, 9, 6)}
	begin := func() *train.Trainer {
		return compile(t, normed(t, 6), train.MSE(), train.NewAdam(0.01), train.Config{Batch: 4, Seed: 3})
	}
	whole := begin()
	fit(t, whole, ds, val, 3)
	for stopAt := 1; stopAt < 9; stopAt++ {
		ctx, stop := context.WithCancel(t.Context())
		first := begin()
		steps := 0
		_, err := first.Fit(ctx, ds, val, 3, train.Hooks{Step: func(train.Progress) {
			if steps++; steps == stopAt {
				stop()
			}
		}})
		stop()
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		second := begin()
		resume(t, second, save(t, first))
		fit(t, second, ds, val, 3)
		for i, w := range whole.Model().Weights() {
			if got := second.Model().Weights()[i].Data; !slices.Equal(got, w.Data) {
				t.Errorf("stopped after step %d: %s is %v, want %v", stopAt, w.Name, got, w.Data)
			}
		}
		if got, want := second.History().Epochs[2].ValLoss, whole.History().Epochs[2].ValLoss; got != want {
			t.Errorf("stopped after step %d: the last val_loss is %v, want %v", stopAt, got, want)
		}
	}
}
