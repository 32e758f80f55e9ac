package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// data are the values of a model's weights by name after Init.
func data(t *testing.T, m *graph.Model, seed uint64) map[string][]float32 {
	t.Helper()
	if err := m.Init(seed); err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	for _, w := range m.Weights() {
		values[w.Name] = slices.Clone(w.Data)
	}
	return values
}

// Initial weights follow from the seed and the weight's name: whatever else is in the model does not matter.
func TestInitFollowsFromSeedAndName(t *testing.T) {
	x := graph.Input("x", 5)
	small := graph.New("net", x, graph.Dense("dense", x, 4))
	x = graph.Input("y", 5)
	h := graph.Dense("dense", graph.ReLU("relu", graph.Dense("before", x, 5)), 4)
	large := graph.New("net_model", x, graph.Dense("last", graph.Dense("after", h, 5), 4))

	a, b := data(t, small, 3), data(t, large, 3)
	for name, w := range a {
		if !slices.Equal(w, b[name]) {
			t.Errorf("%s differs in two models", name)
		}
	}
	if slices.Equal(b["net/before/kernel"], b["net/after/kernel"][:20]) || slices.Equal(b["net/dense/kernel"], b["net/last/kernel"]) {
		t.Error("kernels of two names are alike")
	}
	if again := data(t, small, 3); !slices.Equal(a["net/dense/kernel"], again["net/dense/kernel"]) {
		t.Error("the same seed gave another kernel")
	}
	if other := data(t, small, 4); slices.Equal(a["net/dense/kernel"], other["net/dense/kernel"]) {
		t.Error("another seed gave the same kernel")
	}
	if slices.ContainsFunc(a["net/dense/bias"], func(v float32) bool { return v != 0 }) {
		t.Errorf("a bias begins as %v, want zeros", a["net/dense/bias"])
	}
}

// Glorot's uniform distribution: bounds ±sqrt(6/(in+out)), variance 2/(in+out), mean 0.
func TestGlorotUniform(t *testing.T) {
	const in, out = 300, 200
	x := graph.Input("x", in)
	kernel := data(t, graph.New("m", x, graph.Dense("dense", x, out)), 1)["m/dense/kernel"]
	limit := math.Sqrt(6. / (in + out))
	sum, squares, largest := 0.0, 0.0, 0.0
	for _, v := range kernel {
		sum += float64(v)
		squares += float64(v) * float64(v)
		largest = math.Max(largest, math.Abs(float64(v)))
	}
	n := float64(len(kernel))
	if largest > limit*1.0000001 || largest < limit*0.999 {
		t.Errorf("the largest magnitude is %v, want nearly %v", largest, limit)
	}
	// Four standard errors: of the mean sigma/sqrt(n), of the variance sigma²·sqrt(0.8/n).
	variance := 2. / (in + out)
	if mean := sum / n; math.Abs(mean) > 4*math.Sqrt(variance/n) {
		t.Errorf("the mean is %v", mean)
	}
	if v := squares / n; math.Abs(v-variance) > 4*variance*math.Sqrt(0.8/n) {
		t.Errorf("the variance is %v, want %v", v, variance)
	}
}

func TestOnes(t *testing.T) {
	w := make([]float32, 3)
	graph.Ones(w, graph.Shape{3}, nil)
	if !slices.Equal(w, []float32{1, 1, 1}) {
		t.Errorf("ones are %v", w)
	}
}

// Graphs keep a weight's memory: Init and LoadWeights write into it.
func TestWeightsKeepTheirMemory(t *testing.T) {
	x := graph.Input("x", 2)
	m := graph.New("m", x, graph.Dense("dense", x, 2))
	data(t, m, 1)
	before := &m.Weights()[0].Data[0]
	data(t, m, 2)
	if &m.Weights()[0].Data[0] != before {
		t.Error("Init gave a weight new memory")
	}
}
