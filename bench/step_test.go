package bench

import (
	"context"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/train"
)

// TestSameWeights shows that the graph and Backprop call the same kernels in the same order on the
// same numbers.
func TestSameWeights(t *testing.T) {
	for _, w := range dense() {
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

// TestStock shows that the stock graph does the same work: the losses before and after the first
// step are the same, apart from rounding.
func TestStock(t *testing.T) {
	small, deep := dense()[0], dense()[3]
	deep.rows = 8
	for _, w := range []workload{small, deep} {
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
		for _, way := range w.ways() {
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
		for _, way := range w.ways()[1:] {
			b.Run(w.name+"/graph:"+way.name, func(b *testing.B) { ratio(b, w.onGraph(b), way.make(b)) })
		}
	}
}

// TestFloor compares the floor with numbers that are counted by hand, layer by layer, for a batch
// of one.
func TestFloor(t *testing.T) {
	conv := convolutional()[0]
	conv.rows = 1
	got := conv.floor(conv.trainer(t).Model())
	first := 784 * 144 // multiply-adds of the first convolution: pixels times kernel
	others := 196*1152 + 49*576 + 16*576 + 64*576 + 196*1152 + 784*144
	if want := float64(2 * (2*first + 3*others)); got.flops != want {
		t.Errorf("%v FLOPs, want %v", got.flops, want)
	}
	numbers := 784*16 + 196*16 + 196*8 + 49*8 + 49*8 + 16*8 + // encoder: convolution, pooling
		16*8 + 64*8 + 64*8 + 256*8 + 196*16 + 784*16 + 784 // decoder: convolution, enlargement
	if want := float64(8*784 + 16*numbers + 28*4385); got.bytes != want {
		t.Errorf("%v bytes, want %v", got.bytes, want)
	}
	strided := convolutional()[1]
	strided.rows = 1
	got = strided.floor(strided.trainer(t).Model())
	others = 49*32*64*9 + 2*3136*30 + 49*64*32*9 + 196*32*9
	if want := float64(2 * (2*196*32*9 + 3*others)); got.flops != want {
		t.Errorf("conv-strided: %v FLOPs, want %v", got.flops, want)
	}
}
