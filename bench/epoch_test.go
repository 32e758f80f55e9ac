package bench

import (
	"context"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/train"
)

// BenchmarkEpoch measures an epoch of the tutorial on as many images as MNIST has, shuffled and
// without validation. It has 235 steps, and the last batch has 96 images.
func BenchmarkEpoch(b *testing.B) {
	set, _ := handwriting.Draw(60_000, 1)
	ae, err := autoencoder.NewTutorial().Build(graph.Shape{1, 28, 28})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		b.Fatal(err)
	}
	t, err := train.Compile(ae.Model, train.MSE(), train.NewAdam(rate), train.Config{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	epoch := suspended(b, func(pause func() bool) error {
		_, err := t.Fit(context.Background(), set, nil, math.MaxInt32, train.Hooks{Epoch: func(train.Epoch) error {
			if !pause() {
				return context.Canceled
			}
			return nil
		}})
		return err
	})
	epoch() // compiles the graphs
	b.ReportAllocs()
	fastest := math.Inf(1)
	for b.Loop() {
		fastest = min(fastest, timed(epoch))
	}
	b.ReportMetric(fastest, "fastest-s")
}
