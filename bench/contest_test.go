package bench

import (
	"context"
	"errors"
	"iter"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// workload is a training whose steps are measured.
type workload struct {
	name   string
	rows   int // of a batch
	config autoencoder.Config
	loss   train.Loss
	shards int // of a batch; 0: it is not cut
}

// way is a way to make the step of a workload, or a part of the step. make returns the function
// that makes the step. The first call of that function is slow.
type way struct {
	name string
	make func(testing.TB) func()
}

// workloads returns the dense workloads, which are also written by hand, and the convolutional
// ones.
func workloads() []workload { return append(dense(), convolutional()...) }

func dense() []workload {
	tutorial, deep := autoencoder.NewTutorial(), autoencoder.NewTutorial()
	deep.Hidden, deep.Latent = []int{1000, 500, 250}, 30
	return []workload{
		{"tutorial-32", 32, tutorial, train.MSE(), 0},
		{"tutorial-256", 256, tutorial, train.MSE(), 0},
		{"tutorial-1024", 1024, tutorial, train.MSE(), 0},
		{"deep-256", 256, deep, train.MSE(), 0},
	}
}

func convolutional() []workload {
	conv := autoencoder.NewConv()
	conv.Activation = autoencoder.ReLU
	return []workload{
		{"conv-128", 128, conv, train.BinaryCrossEntropy(), 0},
		{"conv-strided-128", 128, autoencoder.NewStrided(), train.BinaryCrossEntropy(), 0},
	}
}

// ways returns the step on the graph, and the ways that it is compared with.
func (w workload) ways() []way {
	graph := way{"graph", w.onGraph}
	if _, dense := w.config.(*autoencoder.Tutorial); !dense {
		return []way{graph, {"multiply-adds", w.multiplyAdds}, {"memory", w.memory}}
	}
	return []way{graph, {"products", w.products}, {"hand", w.byHand}, {"stock", w.stock}}
}

// steps is the number of steps in an epoch. It is the tutorial's number, so that work that is done
// once an epoch has the same share as there.
const steps = 235

// trainer returns a trainer whose initial weights are always the same. It takes the images in the
// order of the data set.
func (w workload) trainer(tb testing.TB) *train.Trainer {
	tb.Helper()
	ae, err := w.config.Build(graph.Shape{1, 28, 28})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		tb.Fatal(err)
	}
	t, err := train.Compile(ae.Model, w.loss, train.NewAdam(rate), train.Config{Batch: w.rows, InOrder: true, Shards: w.shards})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func weights(t *train.Trainer) [][]float32 {
	var data [][]float32
	for _, w := range t.Model().Weights() {
		data = append(data, w.Data)
	}
	return data
}

// digits repeats a set until it has n images, enough for an epoch.
type digits struct {
	*images.Set
	n int
}

func (d digits) Len() int { return d.n }

func (d digits) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	return func(_, i int, _ []byte) []byte { return d.Set.Image(i % d.Set.Len()) }
}

var drawn = sync.OnceValue(func() *images.Set {
	set, _ := handwriting.Draw(16*1024, 1)
	return set
})

// data returns the images to train on, and a function that returns the indices of one batch after
// another in the same order.
func (w workload) data() (digits, func() []int32) {
	set := drawn()
	batch, next := make([]int32, w.rows), 0
	return digits{set, w.rows * steps}, func() []int32 {
		for r := range batch {
			batch[r] = int32(next % set.Len())
			next = (next + 1) % (w.rows * steps)
		}
		return batch
	}
}

// onGraph makes steps with train.Fit, including everything that a user's run does in them.
func (w workload) onGraph(tb testing.TB) func() {
	t := w.trainer(tb)
	set, _ := w.data()
	return suspended(tb, func(pause func() bool) error {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		_, err := t.Fit(ctx, set, nil, math.MaxInt32, train.Hooks{Step: func(train.Progress) {
			if !pause() {
				stop()
			}
		}})
		return err
	})
}

func (w workload) byHand(tb testing.TB) func() {
	hand := NewBackprop(w.rows, weights(w.trainer(tb)))
	set, next := w.data()
	return func() { hand.Step(set.Set, next()) }
}

func (w workload) products(tb testing.TB) func() {
	hand := NewBackprop(w.rows, weights(w.trainer(tb)))
	set, next := w.data()
	hand.Step(set.Set, next())
	return hand.Products
}

func (w workload) stock(tb testing.TB) func() {
	stock, err := NewStock(w.rows, weights(w.trainer(tb)))
	if err != nil {
		tb.Fatal(err)
	}
	set, next := w.data()
	return func() {
		if _, err := stock.Step(set.Set, next()); err != nil {
			tb.Fatal(err)
		}
	}
}

// suspended runs f piece by piece. Each call of the returned function continues f until it calls
// pause again. When the test ends, pause returns false, and then f must return context.Canceled.
func suspended(tb testing.TB, f func(pause func() bool) error) func() {
	next, stop := iter.Pull(func(yield func(struct{}) bool) {
		if err := f(func() bool { return yield(struct{}{}) }); !errors.Is(err, context.Canceled) {
			tb.Error(err)
		}
	})
	tb.Cleanup(stop)
	return func() { next() }
}

// ratio measures how many times longer x takes than y: by the fastest call of each, which other
// programs disturb least, and by the medians, which include all disturbances that a user has. It
// returns the time of the fastest x in seconds. x and y take turns, so that a changing load of the
// machine affects both. A turn has one call that is not counted and fills the caches, and then
// calls for some milliseconds that are counted.
func ratio(b *testing.B, x, y func()) (fastest float64) {
	x()
	y()
	var xs, ys []float64
	for b.Loop() {
		xs = turn(xs, x)
		ys = turn(ys, y)
	}
	b.ReportMetric(slices.Min(xs)/slices.Min(ys), "ratio")
	b.ReportMetric(median(xs)/median(ys), "median-ratio")
	b.ReportMetric(0, "ns/op") // the time of both together is not useful
	return slices.Min(xs)
}

func turn(seconds []float64, f func()) []float64 {
	f()
	for begin, n := time.Now(), 0; n < 2 || time.Since(begin) < 10*time.Millisecond; n++ {
		seconds = append(seconds, timed(f))
	}
	return seconds
}

func timed(f func()) (seconds float64) {
	start := time.Now()
	f()
	return time.Since(start).Seconds()
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
