package train_test

import (
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// Every architecture, trained as it says, with noise, batch statistics and moved images where it has them, ends with the
// same bits if it is stopped and resumed.
func TestResumeArchitectures(t *testing.T) {
	digits, test := handwriting.Draw(50, 10)
	for _, a := range autoencoder.Architectures() {
		build := func() *train.Trainer {
			var o autoencoder.Options
			if len(a.Options.Hidden) > 0 {
				o.Hidden = []int{16}
			}
			ae, err := a.Build(graph.Shape{1, 28, 28}, o)
			if err != nil {
				t.Fatal(err)
			}
			initialise(t, ae.Model)
			loss, err := train.ParseLoss(a.Training.Loss)
			if err != nil {
				t.Fatal(err)
			}
			schedule, err := train.ParseSchedule(a.Training.Schedule)
			if err != nil {
				t.Fatal(err)
			}
			opt, err := train.ParseOptimizer(a.Training.Optimizer, a.Training.Rate)
			if err != nil {
				t.Fatal(err)
			}
			return compile(t, ae.Model, loss, opt, train.Config{Batch: 20, Seed: 3, Schedule: schedule})
		}
		how, err := images.ParseAugmentation(a.Training.Augment)
		if err != nil {
			t.Fatal(err)
		}
		if how.Binarize, err = images.ParseBinarization(a.Training.Binarize); err != nil {
			t.Fatal(err)
		}
		ds, err := images.Augment(digits, how, 3)
		if err != nil {
			t.Fatal(err)
		}
		val := how.Binarize.Fixed(test)
		const epochs = 2
		whole := build()
		fit(t, whole, ds, val, epochs)

		r, stopped, steps := newRun(), build(), 0
		_, err = stopped.Fit(r.ctx, ds, val, epochs, train.Hooks{Step: func(train.Progress) {
			if steps++; steps == 4 {
				r.stop()
			}
		}})
		if err == nil {
			t.Fatalf("%s was not stopped", a.Name)
		}
		again := build()
		resume(t, again, save(t, stopped))
		fit(t, again, ds, val, epochs)
		readRun(t, save(t, whole)).want(t, a.Name, again)

		loss, terms := evaluate(t, again.Model(), val, again.Loss(), 20)
		last := again.History().Epochs[epochs-1]
		if loss != last.ValLoss || !slices.Equal(terms, last.ValTerms) {
			t.Errorf("%s: evaluated again, the loss is %v with %v, it was %v with %v", a.Name, loss, terms, last.ValLoss, last.ValTerms)
		}
	}
}
