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

// small compiles a trainer of an architecture with few weights and its own training, for batches of 20.
func small(t *testing.T, a autoencoder.Architecture, cfg train.Config) *train.Trainer {
	t.Helper()
	config := a.New()
	for _, f := range autoencoder.Fields(config) {
		if f.Name == "hidden" && f.Set("16") != nil {
			t.Fatalf("%s cannot have a hidden layer of width 16", a.Name)
		}
	}
	ae, err := config.Build(graph.Shape{1, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	initialise(t, ae.Model)
	s := a.Training
	cfg.Batch, cfg.Seed, cfg.Schedule = 20, 3, s.Schedule
	return compile(t, ae.Model, s.Loss, s.Optimizer, cfg)
}

// Every architecture is trained with its own settings. A run that is stopped and resumed ends with
// the same bits, with noise, batch statistics and augmentation too.
func TestResumeArchitectures(t *testing.T) {
	digits, test := handwriting.Draw(50, 10)
	for _, a := range autoencoder.Architectures() {
		build := func() *train.Trainer { return small(t, a, train.Config{}) }
		how := a.Training.Augmentation
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
