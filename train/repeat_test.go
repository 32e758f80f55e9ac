package train_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// wide trains a model whose matrix products are large enough for several threads.
func wide(t *testing.T, seed uint64) (*train.Trainer, state) {
	t.Helper()
	c := autoencoder.NewTutorial()
	c.Hidden, c.Latent, c.Activation, c.Dropout, c.Output = []int{130}, 3, autoencoder.SiLU, 0.2, autoencoder.Sigmoid
	ae, err := c.Build(graph.Shape{130})
	if err != nil {
		t.Fatal(err)
	}
	initialise(t, ae.Model)
	tr := compile(t, ae.Model, train.BinaryCrossEntropy(), train.NewAdam(1e-3), train.Config{Batch: 130, Seed: seed, Clip: 0.01})
	ds := &table{x: uniform(1, 200, 130)}
	fit(t, tr, ds, ds, 1)
	return tr, readRun(t, save(t, tr))
}

// The bits of a run depend on the seed, but not on the number of threads or on chance.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	_, one := wide(t, 1)
	for _, threads := range []int{2, 7} {
		runtime.GOMAXPROCS(threads)
		if _, many := wide(t, 1); !cmp.Equal(one, many) {
			t.Errorf("a run with %d threads ended otherwise than one with 1:\n%.2000s", threads, cmp.Diff(one, many))
		}
	}
	if _, other := wide(t, 2); cmp.Equal(one.Weights, other.Weights) {
		t.Error("another seed gave the same weights")
	}
}

// The masks of dropout follow from the seed and the step. Weights and order of the data do not
// change here, so that equal losses mean equal masks.
func TestMasks(t *testing.T) {
	losses := func(seed uint64) (all []float64) {
		tr := compile(t, tiny(t, func(c *autoencoder.Tutorial) { c.Dropout = 0.5 }).Model, train.MSE(), still{}, train.Config{Seed: seed, InOrder: true})
		for _, e := range fit(t, tr, &table{x: uniform(1, 4, 6)}, nil, 5).Epochs {
			all = append(all, e.Loss)
		}
		return all
	}
	one, again, other := losses(1), losses(1), losses(2)
	if !slices.Equal(one, again) {
		t.Errorf("one seed gave the losses %v and %v", one, again)
	}
	all := slices.Concat(one, other)
	if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(distinct) != len(all) {
		t.Errorf("two seeds gave the losses %v and %v, want other masks in each step", one, other)
	}
}

// A step allocates no arrays: a batch is 2400 bytes here. The rest are about four small objects per
// operation in Gorgonia's machine.
func TestAllocations(t *testing.T) {
	const batch, steps, from = 100, 60, 10
	ae := tiny(t, func(c *autoencoder.Tutorial) { c.Dropout = 0.1 })
	tr := compile(t, ae.Model, train.MSE(), train.NewAdam(1e-3), train.Config{Batch: batch, Clip: 0.1})
	ds := &table{x: uniform(1, batch*steps, 6)}
	var before, after runtime.MemStats
	_, err := tr.Fit(context.Background(), ds, nil, 1, train.Hooks{Step: func(p train.Progress) {
		switch p.Step {
		case from:
			runtime.ReadMemStats(&before)
		case steps:
			runtime.ReadMemStats(&after)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	objects := float64(after.Mallocs-before.Mallocs) / (steps - from)
	bytes := float64(after.TotalAlloc-before.TotalAlloc) / (steps - from)
	t.Logf("a step makes %.1f allocations of %.0f bytes together", objects, bytes)
	if objects > 160 || bytes > 4000 {
		t.Errorf("a step makes %.1f allocations of %.0f bytes, want at most 160 of 4000", objects, bytes)
	}
}

// Evaluate in the middle of a run does not change the run, and returns the validation loss.
func TestEvaluateIsPure(t *testing.T) {
	want := whole(t)
	r, tr := newRun(), trainer(t, runConfig)
	newRun := newRun()
	h, err := tr.Fit(r.ctx, r.ds, r.val, runEpochs, train.Hooks{
		Step: func(train.Progress) { evaluate(t, tr.Model(), newRun.val, tr.Loss(), runConfig.Batch) },
		Epoch: func(e train.Epoch) error {
			loss, terms := evaluate(t, tr.Model(), r.val, tr.Loss(), runConfig.Batch)
			if math.Float64bits(loss) != math.Float64bits(e.ValLoss) || !slices.Equal(terms, e.ValTerms) {
				t.Errorf("val_loss is %v and %v, Evaluate gives %v and %v", e.ValLoss, e.ValTerms, loss, terms)
			}
			return nil
		},
	})
	if err != nil || len(h.Epochs) != runEpochs {
		t.Fatal(err)
	}
	want.want(t, "evaluated", tr)
}
