// Command results trains the rows of RESULTS.md on MNIST and writes that file. The file compares
// our numbers with published ones, and gives the command and the time of each row. The training
// takes hours. Without arguments the command runs all rows, otherwise the named ones.
//
// Every training is an ordinary run in a folder below runs/results. So the command can be
// interrupted and repeated: it continues after the last step. Finished trainings are kept in
// RESULTS.json and not repeated, unless the settings of the row have changed. Several of these
// commands may run at once. Each takes only trainings that no other process has taken.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"github.com/gofrs/flock"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

const (
	folder = "runs/results"
	table  = "RESULTS.md"
	kept   = "RESULTS.json"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := results(ctx, os.Args[1:]); err != nil {
		if errors.Cause(err) == context.Canceled {
			err = errors.New("interrupted: run the same command again to continue")
		}
		fmt.Fprintln(os.Stderr, "results:", err)
		os.Exit(1)
	}
}

func results(ctx context.Context, names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(rows(), func(r row) bool { return r.name == name }) {
			return errors.Errorf("want the name of a row, got %q", name)
		}
	}
	if err := run.MakeFolder(folder); err != nil {
		return err
	}
	var data *dataset.Data
	for _, r := range rows() {
		if len(names) > 0 && !slices.Contains(names, r.name) {
			continue
		}
		for seed := 1; seed <= r.seeds; seed++ {
			done, err := readOutcomes(kept)
			if err != nil {
				return err
			}
			if o := done.find(r, seed); o != nil && !o.stale(r) && o.complete(r) {
				continue
			}
			if data == nil {
				if data, err = dataset.Open(ctx, dataset.Options{Data: "mnist"}); err != nil {
					return err
				}
			}
			if err := r.take(ctx, data, seed); err != nil {
				return errors.WithMessagef(err, "%s, seed %d", r.name, seed)
			}
		}
	}
	return update(filepath.Join(folder, "lock"), kept, table, nil)
}

// dir returns the folder of a training.
func (r row) dir(seed int) string {
	return filepath.Join(folder, fmt.Sprintf("%s-%s-%d", r.name, r.recipe(), seed))
}

// take trains a row from a seed and adds the outcome to the kept ones. It does nothing if another
// process is training that row from that seed.
func (r row) take(ctx context.Context, data *dataset.Data, seed int) error {
	lock := flock.New(r.dir(seed) + ".lock")
	free, err := lock.TryLock()
	if err != nil {
		return errors.WithStack(err)
	}
	if !free {
		fmt.Printf("%s, seed %d: another process is training it\n", r.name, seed)
		return nil
	}
	defer lock.Unlock()
	done, err := readOutcomes(kept)
	if err != nil {
		return err
	}
	if old := done.find(r, seed); old != nil && !old.stale(r) && old.complete(r) {
		return nil // another process has just finished it
	}
	o, err := r.train(ctx, data, seed)
	if err != nil {
		return err
	}
	return update(filepath.Join(folder, "lock"), kept, table, &o)
}

// train trains a row from a seed, or continues an interrupted training.
func (r row) train(ctx context.Context, data *dataset.Data, seed int) (o outcome, err error) {
	settings, err := r.settings(seed)
	if err != nil {
		return o, err
	}
	t, err := run.New(data, settings, run.Place{Dir: r.dir(seed), Resume: true})
	if err != nil {
		return o, err
	}
	epochs := settings.Training.Epochs
	h, err := t.Train(ctx, run.Hooks{Epoch: func(e train.Epoch) {
		fmt.Printf("%s, seed %d, epoch %d/%d  %.1fs  loss %.5f  val_loss %.5f\n", r.name, seed, len(t.Trainer.History().Epochs), epochs,
			e.Seconds, e.Loss, e.ValLoss)
	}})
	if err != nil {
		return o, err
	}
	o = outcome{Row: r.name, Recipe: r.recipe(), Seed: seed, Arithmetic: f32.Version, Epochs: len(h.Epochs), Loss: h.Epochs[len(h.Epochs)-1].ValLoss,
		Processors: runtime.GOMAXPROCS(0)}
	for _, e := range h.Epochs {
		o.Seconds += e.Seconds
	}
	if len(r.codings) == 0 {
		return o, nil
	}
	m, err := run.Read(r.dir(seed))
	if err != nil {
		return o, err
	}
	for _, c := range r.codings {
		d, err := c.compress(ctx, m, data)
		if err != nil {
			return o, errors.WithMessage(err, c.what)
		}
		o.Codings = append(o.Codings, d)
	}
	return o, nil
}
