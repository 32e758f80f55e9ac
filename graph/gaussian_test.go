package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// sampler is a model with one layer, a GaussianSample of n numbers.
func sampler(t *testing.T, n int, weight float32) *graph.Model {
	t.Helper()
	x := graph.Input("x", 2*n)
	m := graph.New("sampler", x, graph.GaussianSample("kl", x, weight))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	return m
}

// A prediction returns the means. An evaluation returns samples, other ones in each step, and the
// divergence as a term of the loss.
func TestGaussianSample(t *testing.T) {
	const weight = 0.5
	m := sampler(t, 2, weight)
	x := []float32{1, -2, 0, 0.5, 3, 4, -1, -30} // two rows of two means and two logarithms of variances
	y, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{1, -2, 3, 4}; !slices.Equal(y, want) {
		t.Errorf("the prediction is %v, want the means %v", y, want)
	}
	kl := 0.0
	for r := range 2 {
		for j := range 2 {
			mean, logvar := float64(x[4*r+j]), float64(x[4*r+2+j])
			kl += weight / 2 * -0.5 * (1 + logvar - mean*mean - math.Exp(logvar))
		}
	}
	tr := newTraining(t, m, graph.Evaluate, 3, x) // the model has no weight to train
	tr.run(t, 0)
	first := slices.Clone(tr.y)
	if got := float64(tr.terms["kl"][0]); math.Abs(got-kl) > 1e-6*kl {
		t.Errorf("the term is %v, want %v", got, kl)
	}
	if math.Abs(float64(first[3])-4) > 1e-5 || first[0] == 1 || math.Abs(float64(first[0])-1) > 7 {
		t.Errorf("the samples are %v", first)
	}
	tr.run(t, 1)
	if slices.Equal(tr.y[:3], first[:3]) {
		t.Errorf("the next step draws the same")
	}
	tr.run(t, 0)
	if !slices.Equal(tr.y, first) {
		t.Errorf("the same step draws %v, then %v", first, tr.y)
	}
}

func TestGaussianSampleRefuses(t *testing.T) {
	x, image := graph.Input("x", 3), graph.Input("x", 1, 2, 2)
	wantError(t, graph.New("m", x, graph.GaussianSample("kl", x, 1)).Err(), `"kl"`, "as many means as logarithms of variances, got 3 numbers")
	wantError(t, graph.New("m", image, graph.GaussianSample("kl", image, 1)).Err(), "1 axes")
	for _, w := range []float32{-1, float32(math.NaN()), float32(math.Inf(1))} {
		x := graph.Input("x", 2)
		wantError(t, graph.New("m", x, graph.GaussianSample("kl", x, w)).Err(), "want a weight of 0 or more")
	}
}
