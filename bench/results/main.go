// Command results trains what RESULTS.md tells of, on MNIST, and writes that file: our numbers beside published ones, with
// the command and the time of each. It takes hours. Without arguments it runs all rows, else those that are named.
//
// Every training is an ordinary run of bin/gorgonae in a folder below runs/results, so that the command can be interrupted
// and repeated: it goes on from the last epoch. What is finished is kept in RESULTS.json and not trained again, unless the
// row's command or the architecture's own settings have changed.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/train"
)

const (
	program = "bin/gorgonae"
	folder  = "runs/results"
	table   = "RESULTS.md"
	kept    = "RESULTS.json"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted; the same command goes on from the last epoch")
		}
		fmt.Fprintln(os.Stderr, "results:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(rows(), func(r row) bool { return r.name == name }) {
			return errors.Errorf("there is no row %q", name)
		}
	}
	done, err := readResults(kept)
	if err != nil {
		return err
	}
	for _, r := range rows() {
		if len(names) > 0 && !slices.Contains(names, r.name) {
			continue
		}
		for seed := 1; seed <= r.seeds; seed++ {
			if done.find(r, seed) != nil {
				continue
			}
			o, err := r.train(ctx, seed)
			if err != nil {
				return errors.WithMessagef(err, "%s, seed %d", r.name, seed)
			}
			done.Outcomes = append(done.Outcomes, o)
			if err := done.write(kept); err != nil {
				return err
			}
			if err := writeTable(table, rows(), done); err != nil {
				return err
			}
		}
	}
	return writeTable(table, rows(), done)
}

// interrupt asks a training to save and end. Ctrl-C has reached it already, and a second signal would end it before it has
// saved: only one that is still there after some seconds has had none.
func interrupt(p *os.Process) error {
	for range 50 {
		if p.Signal(syscall.Signal(0)) != nil {
			return os.ErrProcessDone
		}
		time.Sleep(100 * time.Millisecond)
	}
	return p.Signal(os.Interrupt)
}

// train trains a row from a seed, or goes on where that was interrupted, and reads what came of it.
func (r row) train(ctx context.Context, seed int) (o outcome, err error) {
	dir := filepath.Join(folder, fmt.Sprintf("%s-%s-%d", r.name, r.recipe(), seed))
	args := append(r.command(seed), "--out", dir, "--resume")
	fmt.Printf("%s, seed %d: %s %s\n", r.name, seed, program, strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = time.Minute
	if err := cmd.Run(); err != nil {
		return o, errors.Wrap(err, program)
	}
	f, err := os.Open(filepath.Join(dir, "history.csv"))
	if err != nil {
		return o, errors.WithStack(err)
	}
	defer f.Close()
	h, err := train.ReadCSV(f)
	if err != nil {
		return o, errors.WithMessage(err, f.Name())
	}
	o = outcome{Row: r.name, Recipe: r.recipe(), Seed: seed, Epochs: len(h.Epochs), Loss: h.Epochs[len(h.Epochs)-1].ValLoss,
		Processors: runtime.GOMAXPROCS(0)}
	for _, e := range h.Epochs {
		o.Seconds += e.Seconds
	}
	return o, nil
}
