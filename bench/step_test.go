package bench

import (
	"context"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/train"
)

// TestSameWeights shows that the graph and Backprop call the same kernels in the same order on the same numbers.
func TestSameWeights(t *testing.T) {
	for _, w := range workloads() {
		t.Run(w.name, func(t *testing.T) {
			const steps = 4
			graph := w.trainer(t)
			hand := NewBackprop(w.rows, weights(graph))
			set, next := w.data()
			set.n = steps * w.rows
			loss := 0.0
			h, err := graph.Fit(context.Background(), set, nil, 1, train.Hooks{Step: func(p train.Progress) {
				loss += float64(hand.Step(set.Set, next()))
			}})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := h.Epochs[0].Loss, loss/steps; got != want {
				t.Errorf("the loss on the graph is %v, by hand %v", got, want)
			}
			for i, w := range graph.Model().Weights() {
				for k, v := range hand.Weights()[i] {
					if math.Float32bits(w.Data[k]) != math.Float32bits(v) {
						t.Errorf("%s: element %d is %v on the graph, %v by hand", w.Name, k, w.Data[k], v)
						break
					}
				}
			}
		})
	}
}

// TestStock shows that the stock graph does the same work: the loss before the first step and after it are the same, but
// for rounding.
func TestStock(t *testing.T) {
	for _, w := range []workload{{"tutorial-32", 32, nil, 0}, {"deep-8", 8, []int{1000, 500, 250}, 30}} {
		hand := NewBackprop(w.rows, weights(w.trainer(t)))
		stock, err := NewStock(w.rows, hand.Weights())
		if err != nil {
			t.Fatal(err)
		}
		set, next := w.data()
		batch := next()
		for step := range 2 {
			want := hand.Step(set.Set, batch)
			got, err := stock.Step(set.Set, batch)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(float64(got/want-1)) > 1e-4 {
				t.Errorf("%s, step %d: the stock graph's loss is %v, want %v", w.name, step, got, want)
			}
		}
	}
}

func BenchmarkStep(b *testing.B) {
	for _, w := range workloads() {
		for _, way := range []struct {
			name string
			make func(testing.TB) func()
		}{{"graph", w.onGraph}, {"hand", w.byHand}, {"products", w.products}, {"stock", w.stock}} {
			b.Run(w.name+"/"+way.name, func(b *testing.B) {
				step := way.make(b)
				step()
				b.ReportAllocs()
				for b.Loop() {
					step()
				}
			})
		}
	}
}

func BenchmarkRatio(b *testing.B) {
	for _, w := range workloads() {
		b.Run(w.name+"/graph:products", func(b *testing.B) { ratio(b, w.onGraph(b), w.products(b)) })
		b.Run(w.name+"/graph:hand", func(b *testing.B) { ratio(b, w.onGraph(b), w.byHand(b)) })
		b.Run(w.name+"/graph:stock", func(b *testing.B) { ratio(b, w.onGraph(b), w.stock(b)) })
	}
}
