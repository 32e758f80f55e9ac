package run_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// shared returns the settings of a short training in shards.
func shared(t *testing.T) run.Settings {
	t.Helper()
	s, err := run.NewSettings("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	for flag, value := range map[string]string{"hidden": "8", "epochs": "3", "batch": "8", "shards": "4", "clip": "0.1", "restore-best": "true"} {
		if err := s.Set(flag, value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// trainTogether trains with n workers, of which each does with its run what do says, and returns their errors.
func trainTogether(t *testing.T, n int, s run.Settings, p run.Place, do func(w train.Workers, r *run.Run) error) []error {
	t.Helper()
	failed := make([]error, n)
	var all sync.WaitGroup
	for _, w := range cluster.Local(n) {
		all.Go(func() {
			p := p
			p.Workers = w
			if w.Rank() > 0 {
				p.Dir = filepath.Join(p.Dir, "no", "such", "folder") // it is not theirs
			}
			r, err := run.New(digits(), s, p)
			if err == nil {
				err = do(w, r)
			}
			if failed[w.Rank()] = err; err != nil {
				w.Leave(err)
			}
		})
	}
	all.Wait()
	return failed
}

// A run is begun, stopped and resumed by any numbers of workers. Worker 0 alone writes, and the end is that of one
// process alone.
func TestWorkers(t *testing.T) {
	s := shared(t)
	alone := filepath.Join(t.TempDir(), "alone")
	r, err := run.New(digits(), s, run.Place{Dir: alone})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "together")
	place := run.Place{Dir: dir, Resume: true}
	for i, n := range []int{2, 4, 1, 3} {
		last := i == 3
		stopper := i % 2 % n // a worker that is told to stop: not always the one that writes
		for rank, err := range trainTogether(t, n, s, place, func(w train.Workers, r *run.Run) error {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			steps := 0
			_, err := r.Train(ctx, run.Hooks{Step: func(train.Progress) {
				if steps++; steps == 2 && !last && (w.Rank() == stopper || n == 1) {
					stop()
				}
			}})
			return err
		}) {
			if last && err != nil || !last && !errors.Is(err, context.Canceled) {
				t.Fatalf("%d workers: worker %d: %v", n, rank, err)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "no")); err == nil {
		t.Error("a worker has written a folder of its own")
	}
	for _, name := range []string{run.CheckpointName, run.ModelName, run.BestName} {
		want, err := graph.ReadFile(filepath.Join(alone, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := graph.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := train.HashWeights(got.Model), train.HashWeights(want.Model); a != b {
			t.Errorf("%s has weights %s, want %s", name, a, b)
		}
	}
}

// If one worker cannot begin, none does, all say why, and no folder is left.
func TestWorkersThatCannotBegin(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	s := shared(t)
	s.Weights = "no-such-file" // worker 0 alone reads it
	for rank, err := range trainTogether(t, 3, s, run.Place{Dir: dir}, func(train.Workers, *run.Run) error { return nil }) {
		if err == nil || !strings.Contains(err.Error(), "no-such-file") {
			t.Errorf("worker %d: got %v, want the missing file", rank, err)
		}
	}
	s.Weights = ""
	s.Shards = 2
	for rank, err := range trainTogether(t, 3, s, run.Place{Dir: dir}, func(train.Workers, *run.Run) error { return nil }) {
		if err == nil || !strings.Contains(err.Error(), "3 workers") {
			t.Errorf("worker %d: got %v, want an error about too many workers", rank, err)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder is left")
	}
}

// If another process trains in the folder, all workers say so.
func TestWorkersBusy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	s := shared(t)
	other, err := run.New(digits(), s, run.Place{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var busy []error
	_, err = other.Train(t.Context(), run.Hooks{Begin: func() error {
		busy = trainTogether(t, 3, s, run.Place{Dir: dir, Resume: true}, func(_ train.Workers, r *run.Run) error {
			_, err := r.Train(t.Context(), run.Hooks{})
			return err
		})
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for rank, err := range busy {
		if err == nil || !strings.Contains(err.Error(), "another process trains in "+dir) {
			t.Errorf("worker %d: got %v, want that the folder is taken", rank, err)
		}
	}
}

// A run of which a worker fails, or is no longer there, is saved with all steps before.
func TestWorkersSaveWhenOneFails(t *testing.T) {
	for name, ends := range map[string]func(w *cluster.Worker, r *run.Run) run.Hooks{
		"fails": func(_ *cluster.Worker, r *run.Run) run.Hooks {
			torn := *r.Data
			torn.Test = tornImages{torn.Test}
			r.Data = &torn
			return run.Hooks{}
		},
		"leaves": func(w *cluster.Worker, _ *run.Run) run.Hooks {
			return run.Hooks{Step: func(train.Progress) { w.Leave(errors.New("killed")) }}
		},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		steps := 0
		for rank, err := range trainTogether(t, 2, shared(t), run.Place{Dir: dir}, func(w train.Workers, r *run.Run) error {
			hooks := run.Hooks{Step: func(train.Progress) { steps++ }}
			if w.Rank() == 1 {
				hooks = ends(w.(*cluster.Worker), r)
			}
			_, err := r.Train(t.Context(), hooks)
			return err
		}) {
			if err == nil {
				t.Errorf("%s: worker %d did not fail", name, rank)
			}
		}
		f, err := graph.ReadFile(filepath.Join(dir, run.CheckpointName))
		if err != nil {
			t.Fatal(err)
		}
		if at := f.Meta["training.position"]; steps == 0 || !strings.Contains(at, fmt.Sprintf(`"step":%d`, steps)) {
			t.Errorf("%s: %d steps were done, and the checkpoint has the position %s", name, steps, at)
		}
	}
}

// tornImages cannot be read.
type tornImages struct{ dataset.Images }

func (d tornImages) Fingerprint(any) string { return train.Fingerprint(d.Images) }

func (tornImages) Bytes(any) func(epoch, i int, scratch []byte) []byte { return nil }

func (tornImages) Example(int, int, []float32, []float32) error { return errors.New("a torn page") }
