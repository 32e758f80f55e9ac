//go:build pooltrace

// Command cores shows how a training step would grow with more cores than the machine has. It needs
// the tag pooltrace:
//
//	go run -tags pooltrace ./bench/cores
//
// It runs steps with their tasks cut for a number of workers, on one, and takes the time of each part
// and of what lies between the tasks. Then it replays the schedule of the pool: the workers begin with
// their own regions of parts, and help in the others when those are done.
//
// The replay knows no caches that are shared and no memory that is full, so the times are lower bounds.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/train"
)

const (
	warm     = 5 // steps that are not counted
	measured = 15
)

func main() {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "batch\tworkers\tstep, ms\tfaster than one\tworkers busy\tbetween tasks\twaiting for others\t")
	for _, batch := range []int{256, 1024, 4096} {
		var one time.Duration
		for _, workers := range []int{1, 2, 4, 8, 16, 32, 64} {
			r, err := step(batch, workers)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			if workers == 1 {
				one = r.total
			}
			share := func(d time.Duration) string { return fmt.Sprintf("%.0f %%", 100*float64(d)/float64(r.total)) }
			fmt.Fprintf(t, "%d\t%d\t%.3f\t%.2f\t%s\t%s\t%s\t\n", batch, workers, r.total.Seconds()*1e3, float64(one)/float64(r.total),
				share(r.work/time.Duration(workers)), share(r.between), share(r.waiting))
		}
	}
	if err := t.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// step trains the tutorial's network on the built-in handwriting and replays its step.
func step(batch, workers int) (replayed, error) {
	runtime.GOMAXPROCS(max(workers, 2)) // with one, nothing is shared out and nothing is traced
	set, _ := handwriting.Draw(batch, 1)
	ae, err := autoencoder.NewTutorial().Build(graph.Shape{1, set.Height, set.Width})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		return replayed{}, err
	}
	trainer, err := train.Compile(ae.Model, train.MSE(), train.NewAdam(5e-4), train.Config{Batch: batch, InOrder: true})
	if err != nil {
		return replayed{}, err
	}
	pool.Traced = nil
	var ends []int // of steps, in Traced
	hooks := train.Hooks{Epoch: func(train.Epoch) error {
		ends = append(ends, len(pool.Traced))
		return nil
	}}
	if _, err := trainer.Fit(context.Background(), set, nil, warm+measured, hooks); err != nil {
		return replayed{}, err
	}
	return replay(fastest(pool.Traced, ends), workers), nil
}
