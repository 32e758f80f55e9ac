package codec

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// The influence of a weight is the squared error that a small change of it makes, divided by the
// square of the change. The model keeps its weights.
func TestInfluences(t *testing.T) {
	x := graph.Input("x", 5)
	m := graph.New("m", x, graph.Sigmoid("sigmoid", graph.Dense("b", graph.Tanh("tanh", graph.Dense("a", x, 6)), 40)))
	if err := m.Init(2); err != nil {
		t.Fatal(err)
	}
	before, err := Fingerprint(m)
	if err != nil {
		t.Fatal(err)
	}
	r := random.New(1)
	z := make([]float32, 512*5)
	for i := range z {
		z[i] = 2*r.Float32() - 1
	}
	found, err := influences(t.Context(), m, z)
	if err != nil {
		t.Fatal(err)
	}
	if after, err := Fingerprint(m); err != nil || after != before {
		t.Error("the weights have changed", err)
	}
	y, err := m.Predict(t.Context(), z)
	if err != nil {
		t.Fatal(err)
	}
	for n, w := range m.Weights() {
		got, want := 0.0, 0.0
		for i := range w.Data {
			const small = 1.0 / 64
			old := w.Data[i]
			w.Data[i] += small
			moved, err := m.Predict(t.Context(), z)
			if err != nil {
				t.Fatal(err)
			}
			w.Data[i] = old
			for k, v := range moved {
				d := float64(v-y[k]) / small
				want += d * d / 512
			}
			got += found[n][i]
		}
		if math.Abs(got-want) > 0.3*want { // an estimate from 32 batches
			t.Errorf("%s: influence %.4g of all together, want %.4g", w.Name, got, want)
		}
	}
}

// Free to choose, Fit rounds weights so that decoder, codes and error cost less together than with
// any fixed number of bits, for few images and for many.
func TestFreeRounding(t *testing.T) {
	for _, lambda := range []float64{2, 200} {
		best := math.Inf(1)
		cost := func(bits int) (float64, Report) {
			r := fit(t, small(), FitOptions{WeightBits: bits, Lambda: lambda}).Report
			return 8*float64(r.DecoderBytes) + float64(small().training.Len())*(r.Bits+lambda*r.Error), r
		}
		for bits := 3; bits <= 9; bits++ {
			c, r := cost(bits)
			t.Logf("%d bits: %.0f, %+v", bits, c, r)
			if r.Decoder <= r.Original*(1+mostExcess) {
				best = min(best, c)
			}
		}
		c, r := cost(0)
		t.Logf("free: %.0f, %+v", c, r)
		if c > best || r.Decoder > r.Original*(1+1.02*mostExcess) {
			t.Errorf("lambda %v: free rounding costs %.0f bits, %.0f with a number of bits; %+v", lambda, c, best, r)
		}
	}
}
