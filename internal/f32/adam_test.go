package f32

import (
	"math"
	"testing"
)

func TestAdam(t *testing.T) {
	const alpha, eps = 5e-4, 1e-7
	for seed, n := range lengths {
		w0, g0 := normal(uint64(seed), n), mixed(uint64(seed)+1, n)
		w, checkW := guarded(t, w0)
		m, checkM := guarded(t, make([]float32, n))
		v, checkV := guarded(t, make([]float32, n))
		g, checkG := guarded(t, g0)
		for range 3 {
			Adam(w, g, m, v, alpha, 0.1, 0.001, eps)
		}
		checkW()
		checkM()
		checkV()
		checkG()
		for i := range w {
			wi, mi, vi, gi := float64(w0[i]), 0.0, 0.0, float64(g0[i])
			for range 3 {
				mi = round(mi + round(round(gi-mi)*round(0.1)))
				vi = round(vi + round(round(round(gi*gi)-vi)*round(0.001)))
				wi = round(wi - round(round(mi*round(alpha))/round(round(math.Sqrt(vi))+round(eps))))
			}
			if !sameBits(w[i], float32(wi)) || !sameBits(m[i], float32(mi)) || !sameBits(v[i], float32(vi)) {
				t.Fatalf("gradient %g: w, m, v = %g, %g, %g, want %g, %g, %g", gi, w[i], m[i], v[i], wi, mi, vi)
			}
		}
	}
}

// A first step with the full bias correction moves every weight by the learning rate against the gradient's sign.
func TestAdamFirstStep(t *testing.T) {
	const lr = 1e-3
	w, g, m, v := make([]float32, 3), []float32{5, -1e-3, 0}, make([]float32, 3), make([]float32, 3)
	Adam(w, g, m, v, float32(lr*math.Sqrt(1-0.999)/(1-0.9)), 0.1, 0.001, 1e-12)
	for i, want := range []float64{-lr, lr, 0} {
		if math.Abs(float64(w[i])-want) > 1e-8 {
			t.Errorf("gradient %g moved the weight by %g, want %g", g[i], w[i], want)
		}
	}
}
