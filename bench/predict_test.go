package bench

import (
	"context"
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// BenchmarkPredict measures the tutorial's encoder and decoder in images per second, by the fastest
// call. It measures Predict as a user calls it, the program inside Predict alone, and the same
// program on a TapeMachine.
func BenchmarkPredict(b *testing.B) {
	ae, err := autoencoder.NewTutorial().Build(graph.Shape{1, 28, 28})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range []struct {
		name  string
		model *graph.Model
	}{{"encode", ae.Encoder}, {"decode", ae.Decoder}} {
		for _, rows := range []int{1, 256} {
			name := fmt.Sprintf("%s-%d/", part.name, rows)
			x := make([]float32, rows*part.model.In().Size())
			for i := range x {
				x[i] = float32(i%255) / 255
			}
			b.Run(name+"predict", func(b *testing.B) {
				imageRate(b, rows, func() error {
					_, err := part.model.Predict(context.Background(), x)
					return err
				})
			})
			b.Run(name+"inline", func(b *testing.B) { imageRate(b, rows, compiled(b, part.model, rows, x, false).Run) })
			b.Run(name+"tape", func(b *testing.B) { imageRate(b, rows, compiled(b, part.model, rows, x, true).Run) })
		}
	}
}

// compiled returns the model's graph for a number of rows. Our programs run on a TapeMachine only
// if they have a gradient. So with tape the program also has the gradient of the square of a single
// number.
func compiled(b *testing.B, m *graph.Model, rows int, x []float32, tape bool) *op.Program {
	b.Helper()
	p, err := op.Compile(func(t *op.Tape) []*G.Node {
		s := append(op.Shape{rows}, m.In()...)
		results := []*G.Node{m.Build(graph.NewBuilder(t, graph.Predict, rows), t.Var("input", s, x, false))}
		if tape {
			one := t.Var("one", op.Shape{1}, []float32{1}, true)
			results = append(results, t.Grad(t.Do(op.SquaredNorm(op.Shape{1}, 1), one), one)...)
		}
		return results
	})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func imageRate(b *testing.B, rows int, f func() error) {
	b.ReportAllocs()
	fastest := math.Inf(1)
	for b.Loop() {
		fastest = min(fastest, timed(func() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}))
	}
	b.ReportMetric(float64(rows)/fastest, "images/s")
}
