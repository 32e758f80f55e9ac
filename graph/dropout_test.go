package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// In training a share p of the elements is zero and the others are divided by 1-p, so that the mean
// stays. Otherwise nothing happens.
func TestDropout(t *testing.T) {
	const n = 100000
	for _, p := range []float32{0, 0.1, 0.5, 0.9} {
		x := graph.Input("x", n/2)
		m := graph.New("m", x, graph.Dropout("dropout", x, p))
		in := ones(n)
		if y := predict(t, m, in); !slices.Equal(y, in) {
			t.Errorf("p %v: Predict drops", p)
		}
		tr := newTraining(t, m, graph.Train, 1, in)
		tr.run(t, 0)
		dropped := 0
		for _, v := range tr.y {
			if v == 0 {
				dropped++
			} else if math.Abs(float64(v)-1/(1-float64(p))) > 1e-6/(1-float64(p)) {
				t.Fatalf("p %v: an element that is kept becomes %v, want %v", p, v, 1/(1-p))
			}
		}
		share, deviation := float64(dropped)/n, math.Sqrt(float64(p)*(1-float64(p))/n)
		if math.Abs(share-float64(p)) > 4*deviation {
			t.Errorf("p %v: a share of %v is dropped", p, share)
		}
	}
}

// The mask follows from the seed, the step, the layer and the call alone.
func TestDropoutMasks(t *testing.T) {
	const n = 64
	build := func(model, layer string) *graph.Model {
		x := graph.Input("x", n)
		inner := graph.New(model, x, graph.Dropout(layer, x, 0.5))
		x = graph.Input("y", n)
		return graph.New("outer", x, graph.Concat("both", inner.Apply(x), inner.Apply(x)))
	}
	mask := func(m *graph.Model, seed, step uint64) (first, second []float32) {
		tr := newTraining(t, m, graph.Train, seed, ones(n))
		tr.run(t, step+9) // steps before do not matter
		tr.run(t, step)
		y := slices.Clone(tr.y)
		return y[:n], y[n:]
	}
	m := build("m", "a")
	base, call := mask(m, 1, 1)
	if again, _ := mask(build("m", "a"), 1, 1); !slices.Equal(base, again) {
		t.Error("the same seed, step, layer and call gave another mask")
	}
	step, _ := mask(m, 1, 2)
	seed, _ := mask(m, 2, 1)
	layer, _ := mask(build("m", "b"), 1, 1)
	model, _ := mask(build("k", "a"), 1, 1)
	for what, other := range map[string][]float32{"call": call, "step": step, "seed": seed, "layer": layer, "model": model} {
		if slices.Equal(base, other) {
			t.Errorf("another %s gave the same mask", what)
		}
	}
}

// The gradient passes where the mask does: half the squared length of y = mask·w has the gradient
// mask²·w.
func TestDropoutGradient(t *testing.T) {
	const n = 32
	x := graph.Input("x", 1)
	m := graph.New("m", x, graph.Dropout("dropout", graph.Dense("dense", x, n), 0.5))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	tr := newTraining(t, m, graph.Train, 1, ones(1))
	for step := range uint64(3) {
		tr.run(t, step)
		for i, w := range m.Weights()[0].Data {
			want := float32(0)
			if tr.y[i] != 0 {
				want = 4 * w
			}
			if got := tr.grads["m/dense/kernel"][i]; got != want {
				t.Errorf("step %d: the gradient of element %d is %v, want %v", step, i, got, want)
			}
		}
	}
}
