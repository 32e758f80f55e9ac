package main

import (
	"context"
	"fmt"
	"math"
	"os"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
	"github.com/gorgonae/gorgonae/yardstick"
)

// fitness watches a training and says, once each, what makes its result worth nothing.
type fitness struct {
	run    *run.Run
	epochs int     // done
	first  float64 // loss of the first epoch
	lowest float64 // loss of an epoch; +Inf before the first
	best   int     // the epoch that had it

	rose, collapsed bool // have been said
}

const (
	rise        = 10  // a loss is said to have risen when it is so many times the lowest
	settledStep = 500 // before it, a code may not have begun to move
)

func newFitness(r *run.Run) *fitness {
	f := &fitness{run: r, lowest: math.Inf(1)}
	for _, e := range r.Trainer.History().Epochs {
		f.add(e)
		f.rose = f.rose || f.risen(e) // has been said before the run was resumed
	}
	return f
}

// add counts an epoch.
func (f *fitness) add(e train.Epoch) {
	if f.epochs++; f.epochs == 1 {
		f.first = e.Loss
	}
	if e.Loss < f.lowest {
		f.lowest, f.best = e.Loss, f.epochs
	}
}

// risen reports whether the loss of an epoch is far above the lowest. A loss that is near 0 moves far in
// proportion, so it must also be as high as a tenth of the first.
func (f *fitness) risen(e train.Epoch) bool {
	return f.lowest > 0 && e.Loss > rise*f.lowest && e.Loss > f.first/rise
}

// epoch looks at the run after an epoch.
func (f *fitness) epoch(ctx context.Context, e train.Epoch) {
	f.add(e)
	if !f.rose && f.risen(e) {
		f.rose = true
		warn("the loss has risen to %.5g, from %.5g in epoch %d: take a smaller --lr, or a --clip", e.Loss, f.lowest, f.best)
	}
	t := f.run.Settings.Training
	steps := f.epochs * ((f.run.Data.Train.Len()-1)/t.Batch + 1)
	if f.collapsed || steps < settledStep && f.epochs < t.Epochs {
		return
	}
	// An error here has nothing to do with the training, which goes on.
	if collapsed, err := f.run.Autoencoder.Collapsed(ctx, f.run.Data.Test); err == nil && collapsed {
		f.collapsed = true
		warn("the code has collapsed: it is nearly the same for every image, so every image is decoded alike: %s", wayOut(f.run))
	}
}

// wayOut is what to do against a code that has collapsed.
func wayOut(r *run.Run) string {
	if hasField(r, "kl") {
		return "take a smaller --kl, or train longer"
	}
	if hasField(r, "lambda") {
		return "take a larger --lambda, or train longer"
	}
	return "take a smaller --lr, another --seed, or another --activation"
}

// hasField reports whether the architecture of a run has a field with a flag.
func hasField(r *run.Run, flag string) bool {
	for _, field := range r.Settings.Fields() {
		if field.Flag == flag {
			return true
		}
	}
	return false
}

// end compares the trained model with the yardstick, and prints the result in one line.
func (f *fitness) end(ctx context.Context, p *progress, figures *report.Figures) error {
	y, m, err := figures.Measure(ctx)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("test images: MSE %.6f; the mean of %s has %.6f", m.MSE, plural(y.Examples, "training image"), m.Mean)
	if y.Components > 0 {
		line += fmt.Sprintf(", PCA with %s %.6f", plural(y.Components, "component"), m.Components)
	}
	p.say("%s", line)
	for _, w := range m.Warnings() {
		warn("%s", w)
	}
	return f.noteStill(ctx)
}

// noteStill says how many numbers of the code tell nothing.
func (f *fitness) noteStill(ctx context.Context) error {
	still, all, err := f.run.Autoencoder.Still(ctx, f.run.Data.Test)
	if err != nil || still == 0 || f.collapsed {
		return err
	}
	verb, learnt := "are", ""
	if still == 1 {
		verb = "is"
	}
	if hasField(f.run, "lambda") {
		learnt = ", so they cost hardly anything in a compressed file"
	}
	printNotes([]string{fmt.Sprintf("%d of the %d numbers of a code %s nearly the same for every test image%s", still, all, verb, learnt)})
	return nil
}

// measure measures a model on images, beside a yardstick made of the training images.
func measure(ctx context.Context, training, set dataset.Images, model, encoder *graph.Model) (*yardstick.Yardstick, yardstick.Measurement, error) {
	y, err := yardstick.Of(ctx, training, encoder.Out().Size())
	if err != nil {
		return nil, yardstick.Measurement{}, err
	}
	m, err := y.Measure(ctx, model, set)
	return y, m, err
}

// warn prints a warning of one line.
func warn(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "WARNING: %s\n", oneLine(fmt.Sprintf(format, args...)))
}
