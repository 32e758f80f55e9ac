package train_test

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/cluster"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// sharded returns a function that compiles a small trainer of an architecture, and its data: 50 examples
// in batches of 20, so that the last batch is smaller.
func sharded(t *testing.T, a autoencoder.Architecture, shards int) (compiled func() *train.Trainer, ds, val train.Dataset) {
	t.Helper()
	digits, test := handwriting.Draw(50, 45)
	ds, err := images.Augment(digits, a.Training.Augmentation, 3)
	if err != nil {
		t.Fatal(err)
	}
	return func() *train.Trainer {
		return small(t, a, train.Config{Shards: shards, Clip: 5})
	}, ds, a.Training.Augmentation.Binarize.Fixed(test)
}

// together trains with a number of workers, and returns their trainers and errors.
func together(workers int, work func(rank int, w train.Workers) (*train.Trainer, error)) ([]*train.Trainer, []error) {
	trainers, errs := make([]*train.Trainer, workers), make([]error, workers)
	var all sync.WaitGroup
	for rank, w := range cluster.Local(workers) {
		all.Go(func() {
			if trainers[rank], errs[rank] = work(rank, w); errs[rank] != nil {
				w.Leave(errs[rank])
			}
		})
	}
	all.Wait()
	return trainers, errs
}

// The number of workers changes no bit, of no architecture: weights, optimizer, history and losses; and a
// training that some have begun others may go on with.
func TestWorkersSameBits(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		for shards, counts := range map[int][]int{3: {3}, 8: {2, 3, 8}} {
			compiled, ds, val := sharded(t, a, shards)
			alone := compiled()
			fit(t, alone, ds, val, 2)
			want := readRun(t, save(t, alone))
			for _, workers := range counts {
				dir := t.TempDir()
				first, errs := together(workers, func(_ int, w train.Workers) (*train.Trainer, error) {
					tr := compiled()
					if err := tr.Join(w); err != nil {
						return nil, err
					}
					ctx, stop := context.WithCancel(t.Context())
					defer stop()
					steps := 0
					_, err := tr.Fit(ctx, ds, val, 2, train.Hooks{Step: func(train.Progress) {
						if steps++; steps == 4 && w.Rank() == workers-1 {
							stop()
						}
					}})
					if !errors.Is(err, context.Canceled) {
						return nil, errors.Errorf("want a worker that was stopped, got error %v", err)
					}
					return tr, nil
				})
				for rank, err := range errs {
					if err != nil {
						t.Fatalf("%s, %d workers: worker %d: %v", a.Name, workers, rank, err)
					}
				}
				path := filepath.Join(dir, "checkpoint.safetensors")
				if err := first[0].Save(path, nil); err != nil {
					t.Fatal(err)
				}
				again, errs := together(shards/workers, func(_ int, w train.Workers) (*train.Trainer, error) {
					tr := compiled()
					if err := tr.Resume(path); err != nil {
						return nil, err
					}
					if err := tr.Join(w); err != nil {
						return nil, err
					}
					_, err := tr.Fit(t.Context(), ds, val, 2, train.Hooks{})
					return tr, err
				})
				for rank, err := range errs {
					if err != nil {
						t.Fatalf("%s, %d workers: worker %d: %v", a.Name, shards/workers, rank, err)
					}
					want.want(t, a.Name, again[rank])
				}
			}
		}
	}
}

// Without batch norm, whose statistics are those of a shard, a step in shards is the step of the whole batch
// apart from rounding: losses, shares, and what layers draw.
func TestShardsAreTheBatch(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		if a.Name == "conv-strided" {
			continue
		}
		norms := map[int][]float64{}
		for _, shards := range []int{1, 7, 8} {
			compiled, ds, _ := sharded(t, a, shards)
			tr := compiled()
			_, err := tr.Fit(t.Context(), ds, nil, 1, train.Hooks{Norms: true, Step: func(p train.Progress) {
				norms[shards] = append(norms[shards], p.BatchLoss, p.Norm)
			}})
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range norms[1] {
				if got := norms[shards][i]; math.Abs(got/want-1) > 1e-3 || i < 2 && math.Abs(got/want-1) > 2e-5 {
					t.Errorf("%s, %d shards: number %d of the steps is %v, of the whole batch %v", a.Name, shards, i, got, want)
				}
			}
		}
	}
}

// torn is a data set one of whose examples cannot be read.
type torn struct{ *table }

func (d torn) Example(epoch, i int, x, y []float32) error {
	if i == 13 {
		return errors.New("a torn page")
	}
	return d.table.Example(epoch, i, x, y)
}

// A worker that cannot go on, or that begins with something else, ends the training of all.
func TestWorkersFail(t *testing.T) {
	set := &table{x: uniform(1, 16, 6)}
	for _, c := range []struct {
		name      string
		seed      func(rank int) uint64
		ds        func(rank int) train.Dataset
		own, rest string
	}{
		{"an example", func(int) uint64 { return 1 }, func(rank int) train.Dataset {
			if rank == 2 { // which computes the last two parts
				return torn{set}
			}
			return set
		}, "a torn page", "worker 2 has failed"},
		{"a seed", func(rank int) uint64 { return uint64(rank / 2) }, func(int) train.Dataset { return set },
			"worker 2: want seed 0 as worker 0, got 1", "worker 2: worker 2: want seed 0 as worker 0, got 1"},
	} {
		_, errs := together(3, func(rank int, w train.Workers) (*train.Trainer, error) {
			tr := compile(t, tiny(t, nil).Model, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 16, Shards: 4, Seed: c.seed(rank), InOrder: true})
			if err := tr.Join(w); err != nil {
				return nil, err
			}
			_, err := tr.Fit(t.Context(), c.ds(rank), nil, 3, train.Hooks{})
			return tr, err
		})
		saw := 0
		for rank, err := range errs {
			if err == nil {
				t.Errorf("%s: worker %d did not fail", c.name, rank)
				continue
			}
			if strings.Contains(err.Error(), c.own) {
				saw++
			} else {
				wantError(t, err, c.rest)
			}
		}
		if saw == 0 {
			t.Errorf("%s: want %q from one worker, got %v", c.name, c.own, errs)
		}
	}
}

// A hook that ends the training ends it on all workers.
func TestWorkersEnd(t *testing.T) {
	set := &table{x: uniform(1, 16, 6)}
	trainers, errs := together(2, func(rank int, w train.Workers) (*train.Trainer, error) {
		tr := compile(t, tiny(t, nil).Model, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: 2})
		if err := tr.Join(w); err != nil {
			return nil, err
		}
		hooks := train.Hooks{}
		if rank == 0 {
			hooks.Epoch = func(train.Epoch) error { return train.ErrStop }
		}
		_, err := tr.Fit(t.Context(), set, nil, 9, hooks)
		return tr, err
	})
	for rank, err := range errs {
		if err != nil || len(trainers[rank].History().Epochs) != 1 {
			t.Errorf("worker %d: want one epoch, got %d and error %v", rank, len(trainers[rank].History().Epochs), err)
		}
	}
}

// foretold is a data set that compares what it is told to prepare with what it is asked for.
type foretold struct {
	*table
	plan, asked []int32
	t           *testing.T
}

func (d *foretold) Ahead(_ int, indices []int32) { d.check(); d.plan = slices.Clone(indices) }

func (d *foretold) Example(epoch, i int, x, y []float32) error {
	d.asked = append(d.asked, int32(i))
	return d.table.Example(epoch, i, x, y)
}

// check compares a plan that is done.
func (d *foretold) check() {
	if !slices.Equal(d.plan, d.asked) {
		d.t.Errorf("a worker was to prepare the examples %v, and read %v", d.plan, d.asked)
	}
	d.asked = nil
}

// A worker prepares the examples of its own parts alone.
func TestWorkersPlan(t *testing.T) {
	together(3, func(_ int, w train.Workers) (*train.Trainer, error) {
		tr := compile(t, tiny(t, nil).Model, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: 5})
		if err := tr.Join(w); err != nil {
			return nil, err
		}
		ds, val := &foretold{table: &table{x: uniform(1, 19, 6)}, t: t}, &foretold{table: &table{x: uniform(1, 21, 6)}, t: t}
		if _, err := tr.Fit(t.Context(), ds, val, 2, train.Hooks{}); err != nil {
			t.Error(err)
		}
		ds.check()
		val.check()
		if len(ds.plan) == 0 || len(ds.plan) >= 19 || len(val.plan) == 0 {
			t.Errorf("a worker of three has %d of 19 examples, and %d of 21 to validate", len(ds.plan), len(val.plan))
		}
		return tr, nil
	})
}

func TestShardsRefused(t *testing.T) {
	m := tiny(t, nil).Model
	for _, shards := range []int{-1, 9} {
		_, err := train.Compile(m, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: shards})
		wantError(t, err, "want 1 to 8 shards for a batch of 8 examples")
	}
	err := compile(t, m, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: 2}).Join(cluster.Local(3)[0])
	wantError(t, err, "want a batch in at least 3 shards for 3 workers, got 2")
}
