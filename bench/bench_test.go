package bench

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/train"
)

const rows = 256 // of a batch

// digits is a set of a number of batches, and the indices of each batch in turn, in the order of the set.
func digits(batches int) (*images.Set, [][]int32) {
	set, _ := mnist.Handwriting(batches*rows, 1)
	all := make([]int32, set.Len())
	for i := range all {
		all[i] = int32(i)
	}
	return set, slices.Collect(slices.Chunk(all, rows))
}

// compile makes a run of the tutorial on the graph, and the same network with the same weights by hand.
func compile(tb testing.TB) (*train.Trainer, *Backprop) {
	tb.Helper()
	ae, err := autoencoder.Tutorial(autoencoder.Options{Input: 784})
	if err != nil {
		tb.Fatal(err)
	}
	if err := ae.Model.Init(1); err != nil {
		tb.Fatal(err)
	}
	graph, err := train.Compile(ae.Model, train.MSE(), train.NewAdam(rate), train.Config{Batch: rows, InOrder: true})
	if err != nil {
		tb.Fatal(err)
	}
	return graph, NewBackprop(rows, weights(graph))
}

func weights(t *train.Trainer) [][]float32 {
	var data [][]float32
	for _, w := range t.Model().Weights() {
		data = append(data, w.Data)
	}
	return data
}

// TestSameWeights shows that the graph and Backprop call the same kernels in the same order on the same numbers.
func TestSameWeights(t *testing.T) {
	graph, hand := compile(t)
	set, order := digits(8)
	loss := 0.0
	h, err := graph.Fit(context.Background(), set, nil, 1, train.Hooks{Step: func(p train.Progress) {
		loss += float64(hand.Step(set, order[p.Step-1]))
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := h.Epochs[0].Loss, loss/float64(len(order)); got != want {
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
}

// trainWhile trains on the graph for as long as more, which is called after each step, says so. The first step also
// writes and compiles the graph of the batch.
func trainWhile(b *testing.B, graph *train.Trainer, set *images.Set, more func() bool) {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	_, err := graph.Fit(ctx, set, nil, math.MaxInt32, train.Hooks{Step: func(train.Progress) {
		if !more() {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
}

func BenchmarkStep(b *testing.B) {
	set, order := digits(16) // batches in an epoch, so that its end weighs little
	b.Run("graph", func(b *testing.B) {
		graph, _ := compile(b)
		b.ReportAllocs()
		trainWhile(b, graph, set, b.Loop)
	})
	b.Run("hand", func(b *testing.B) {
		_, hand := compile(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			hand.Step(set, order[i%len(order)])
		}
	})
	b.Run("products", func(b *testing.B) {
		_, hand := compile(b)
		hand.Step(set, order[0])
		b.ReportAllocs()
		for b.Loop() {
			hand.Products()
		}
	})
	b.Run("ratio", func(b *testing.B) { ratio(b, set, order) })
}

// ratio does a step on the graph, one by hand and its products in turn, and reports the medians over all rounds.
func ratio(b *testing.B, set *images.Set, order [][]int32) {
	graph, hand := compile(b)
	var graphToHand, handToProducts []float64
	seconds := func(f func()) float64 {
		start := time.Now()
		f()
		return time.Since(start).Seconds()
	}
	round, start := 0, time.Now()
	trainWhile(b, graph, set, func() bool {
		onGraph := time.Since(start).Seconds()
		byHand := seconds(func() { hand.Step(set, order[round%len(order)]) })
		products := seconds(hand.Products)
		if round > 0 { // in the first round the graph is compiled
			graphToHand = append(graphToHand, onGraph/byHand)
			handToProducts = append(handToProducts, byHand/products)
		}
		round++
		more := b.Loop()
		start = time.Now()
		return more
	})
	b.ReportMetric(median(graphToHand), "graph/hand")
	b.ReportMetric(median(handToProducts), "hand/products")
	b.ReportMetric(0, "ns/op") // of all three together: of no use
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
