package train_test

import (
	"context"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// oddOrder is a data set whose order is not that of its examples.
type oddOrder struct{ *table }

func (d oddOrder) Order(uint64, int) []int32 { return []int32{0} }

// A worker that fails ends all before the step, whatever the others do: one that is told to stop in the same step
// does not go on with numbers that are not there, and an error is not taken for a stop because a context of somebody
// else has ended. What the others have can be saved, and another team ends with the bits of one that nobody disturbed.
func TestWorkersFailInOneStep(t *testing.T) {
	set := &table{x: uniform(1, 16, 6)}
	compiled := func(t *testing.T) *train.Trainer {
		return compile(t, tiny(t, nil).Model, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: 4, Seed: 1})
	}
	alone := compiled(t)
	fit(t, alone, set, nil, 3)
	want := readRun(t, save(t, alone))
	for name, c := range map[string]struct {
		stops bool // worker 0, in the step in which worker 2 fails
		fault error
		order bool // the fault is the order of the examples
	}{
		"a stop and a fault":     {true, errors.New("a torn page"), false},
		"a timeout":              {false, errors.WithStack(context.DeadlineExceeded), false},
		"a stop and a timeout":   {true, context.DeadlineExceeded, false},
		"a context of another":   {false, errors.Wrap(context.Canceled, "download"), false},
		"an order of one worker": {false, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			trainers, errs := make([]*train.Trainer, 3), make([]error, 3)
			together(3, func(rank int, w train.Workers) (*train.Trainer, error) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				own := *set
				var ds train.Dataset = &own
				step := 0
				own.onExample = func(i int) {
					if rank == 0 && step == 3 && c.stops {
						stop()
					}
				}
				if rank == 2 && c.order {
					ds = oddOrder{&own}
				} else if rank == 2 {
					ds = fails{&own, func() error {
						if step == 3 {
							return c.fault
						}
						return nil
					}}
				}
				trainers[rank] = compiled(t)
				err := trainers[rank].Join(w)
				if err == nil {
					_, err = trainers[rank].Fit(ctx, ds, nil, 3, train.Hooks{Step: func(train.Progress) { step++ }})
				}
				errs[rank] = err
				return nil, nil // nobody leaves: all have ended
			})
			for rank, err := range errs {
				failed := (*train.FailedError)(nil)
				switch {
				case rank < 2 && (!errors.As(err, &failed) || failed.Rank != 2):
					t.Errorf("worker %d: got %v, want the error that worker 2 has failed", rank, err)
				case rank == 2 && (err == nil || c.fault != nil && !errors.Is(err, errors.Cause(c.fault))):
					t.Errorf("worker 2: got %v, want its own error, %v", err, c.fault)
				}
			}
			path := save(t, trainers[0])
			again, errs := together(2, func(_ int, w train.Workers) (*train.Trainer, error) {
				tr := compiled(t)
				if err := tr.Resume(path); err != nil {
					return nil, err
				}
				if err := tr.Join(w); err != nil {
					return nil, err
				}
				_, err := tr.Fit(t.Context(), set, nil, 3, train.Hooks{})
				return tr, err
			})
			for rank, err := range errs {
				if err != nil {
					t.Fatalf("worker %d of those that go on: %v", rank, err)
				}
				want.want(t, name, again[rank])
			}
		})
	}
}

// fails is a data set that asks for the error of its next example.
type fails struct {
	*table
	fault func() error
}

func (d fails) Example(epoch, i int, x, y []float32) error {
	if err := d.fault(); err != nil {
		return err
	}
	return d.table.Example(epoch, i, x, y)
}

// A trainer that has trained alone may go on with others, and the other way round.
func TestJoinLater(t *testing.T) {
	set := &table{x: uniform(1, 16, 6)}
	compiled := func() *train.Trainer {
		return compile(t, tiny(t, nil).Model, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: 4, Seed: 1})
	}
	alone := compiled()
	fit(t, alone, set, nil, 3)
	want := readRun(t, save(t, alone))
	first := []*train.Trainer{compiled(), compiled(), compiled()}
	for _, tr := range first {
		if _, err := tr.Fit(t.Context(), set, nil, 3, train.Hooks{Epoch: func(train.Epoch) error { return train.ErrStop }}); err != nil {
			t.Fatal(err)
		}
	}
	trainers, errs := together(3, func(rank int, w train.Workers) (*train.Trainer, error) {
		err := first[rank].Join(w)
		if err == nil {
			_, err = first[rank].Fit(t.Context(), set, nil, 3, train.Hooks{})
		}
		return first[rank], err
	})
	for rank, err := range errs {
		if err != nil {
			t.Fatalf("worker %d: %v", rank, err)
		}
		want.want(t, "joined", trainers[rank])
	}
}

// A last batch that is too small for all shards is cut into fewer. No part has a single example if a batch norm would
// normalise the only number of one; one with more numbers of an example would not.
func TestShardsOfLastBatch(t *testing.T) {
	x := graph.Input("x", 6)
	image := graph.New("image", x, graph.Flatten("", graph.BatchNorm("norm", graph.Reshape("", x, 1, 2, 3))))
	initialise(t, image)
	for _, c := range []struct {
		m    *graph.Model
		rows map[int]int
	}{
		{normed(t, 6), map[int]int{8: 4, 7: 3, 5: 2, 3: 1, 1: 1}},
		{image, map[int]int{8: 4, 7: 4, 5: 4, 3: 3, 1: 1}},
		{tiny(t, nil).Model, map[int]int{8: 4, 3: 3}},
	} {
		tr := compile(t, c.m, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: 4})
		for rows, want := range c.rows {
			if got := tr.Parts(rows); got != want {
				t.Errorf("model %q: a batch of %d is cut into %d parts, want %d", c.m.Name(), rows, got, want)
			}
		}
	}
	set := &table{x: uniform(1, 13, 6)}
	var hashes []string
	for _, workers := range []int{1, 2, 3, 4} {
		trainers, errs := together(workers, func(_ int, w train.Workers) (*train.Trainer, error) {
			tr := compile(t, normed(t, 6), train.MSE(), train.NewAdam(0.01), train.Config{Batch: 8, Shards: 4, Seed: 1})
			err := tr.Join(w)
			if err == nil {
				_, err = tr.Fit(t.Context(), set, nil, 3, train.Hooks{})
			}
			return tr, err
		})
		for rank, err := range errs {
			if err != nil {
				t.Fatalf("worker %d of %d: %v", rank, workers, err)
			}
			hashes = append(hashes, train.HashWeights(trainers[rank].Model()))
		}
	}
	if len(slices.Compact(hashes)) != 1 {
		t.Errorf("1 to 4 workers end in weights %q, want the same", hashes)
	}
}
