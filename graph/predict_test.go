package graph_test

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// predict predicts, and ends the test on an error.
func predict(t *testing.T, m *graph.Model, x []float32) []float32 {
	t.Helper()
	y, err := m.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

func agree(t *testing.T, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d numbers, want %d", len(got), len(want))
	}
	largest := 0.0
	for _, w := range want {
		largest = math.Max(largest, math.Abs(w))
	}
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= 1e-5*largest) {
			t.Fatalf("element %d is %v, want %v", i, got[i], w)
		}
	}
}

func TestPredictRandomModels(t *testing.T) {
	for seed := range uint64(60) {
		p := randomModel(t, seed, 3, true)
		x := numbers(3*p.model.In().Size(), seed)
		agree(t, predict(t, p.model, x), p.reference(x))
	}
}

// Any number of rows, from many goroutines at once: each row gives the same bits as alone.
func TestPredictRows(t *testing.T) {
	p := randomModel(t, 5, 2, true)
	in, out := p.model.In().Size(), p.model.Out().Size()
	const most = 1000
	x := numbers(most*in, 1)
	before := slices.Clone(x)
	all := predict(t, p.model, x)
	agree(t, all, p.reference(x))
	var wg sync.WaitGroup
	for _, rows := range []int{0, 1, 2, 3, 255, 256, 257, 511, most} {
		for _, from := range []int{0, most - rows} {
			wg.Go(func() {
				y, err := p.model.Predict(context.Background(), x[from*in:][:rows*in])
				if err != nil {
					t.Error(err)
				}
				if !slices.Equal(y, all[from*out:][:rows*out]) {
					t.Errorf("%d rows from %d differ from the same among all", rows, from)
				}
			})
		}
	}
	wg.Wait()
	if !slices.Equal(x, before) {
		t.Error("Predict changed its input")
	}
}

// A prediction belongs to the caller: the next one does not overwrite it. Graphs that are compiled
// already use new weights.
func TestPredictions(t *testing.T) {
	p := randomModel(t, 5, 2, true)
	x := numbers(2*p.model.In().Size(), 1)
	first := predict(t, p.model, x)
	kept := slices.Clone(first)
	if err := p.model.Init(77); err != nil {
		t.Fatal(err)
	}
	second := predict(t, p.model, x)
	if !slices.Equal(first, kept) {
		t.Error("the second prediction overwrote the first")
	}
	if slices.Equal(first, second) {
		t.Error("new weights did not change the prediction")
	}
	agree(t, second, p.reference(x))
}

// The identity is the smallest model.
func TestPredictIdentity(t *testing.T) {
	x := graph.Input("x", 3)
	m := graph.New("m", x, x)
	in := numbers(9, 1)
	if y := predict(t, m, in); !slices.Equal(y, in) {
		t.Errorf("the identity of %v is %v", in, y)
	}
	y := graph.Input("y", 3)
	if out := predict(t, graph.New("outer", y, m.Apply(m.Apply(y))), in); !slices.Equal(out, in) {
		t.Errorf("the identity of %v, applied twice, is %v", in, out)
	}
}

// Large images are predicted in smaller batches, no matter which layer makes them large.
func TestPredictBatch(t *testing.T) {
	for _, c := range []struct{ side, want int }{{1, 256}, {128, 256}, {256, 64}, {2048, 1}, {4096, 1}} {
		x := graph.Input("x", 1, c.side, c.side)
		inner := graph.New("inner", x, graph.MaxPool2D("pool", graph.Conv2D("conv", x, 4, 1), 2, 2, graph.Same))
		y := graph.Input("y", 1, c.side, c.side)
		if got := graph.New("outer", y, inner.Apply(y)).PredictBatch(); got != c.want {
			t.Errorf("images of %d x %d are predicted %d at a time, want %d", c.side, c.side, got, c.want)
		}
	}
}

func TestPredictErrors(t *testing.T) {
	x := graph.Input("x", 3)
	m := graph.New("m", x, graph.Dense("dense", x, 2))
	_, err := m.Predict(context.Background(), make([]float32, 3))
	wantError(t, err, `model "m"`, `no values yet for "m/dense/kernel"`, "call Init")
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	_, err = m.Predict(context.Background(), make([]float32, 7))
	wantError(t, err, `model "m"`, "want examples of 3 numbers, got 7")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Predict(ctx, make([]float32, 3)); err != context.Canceled {
		t.Errorf("with a cancelled context: error %v, want %v", err, context.Canceled)
	}
}
