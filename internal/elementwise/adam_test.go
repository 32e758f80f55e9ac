package elementwise

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestAdam(t *testing.T) {
	const alpha, eps = 5e-4, 1e-7
	for seed, n := range kerneltest.Lengths {
		w0, g0 := kerneltest.Normal(uint64(seed), n), kerneltest.Mixed(uint64(seed)+1, n)
		w, checkW := kerneltest.Guarded(t, w0)
		m, checkM := kerneltest.Guarded(t, make([]float32, n))
		v, checkV := kerneltest.Guarded(t, make([]float32, n))
		g, checkG := kerneltest.Guarded(t, g0)
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
				mi = kerneltest.Round(mi + kerneltest.Round(kerneltest.Round(gi-mi)*kerneltest.Round(0.1)))
				vi = kerneltest.Round(vi + kerneltest.Round(kerneltest.Round(kerneltest.Round(gi*gi)-vi)*kerneltest.Round(0.001)))
				wi = kerneltest.Round(wi - kerneltest.Round(kerneltest.Round(mi*kerneltest.Round(alpha))/kerneltest.Round(kerneltest.Round(math.Sqrt(vi))+kerneltest.Round(eps))))
			}
			if !kerneltest.SameBits(w[i], float32(wi)) || !kerneltest.SameBits(m[i], float32(mi)) || !kerneltest.SameBits(v[i], float32(vi)) {
				t.Fatalf("gradient %g: w, m, v = %g, %g, %g, want %g, %g, %g", gi, w[i], m[i], v[i], wi, mi, vi)
			}
		}
	}
}

// The first step with the full bias correction moves every weight by the learning rate, against the
// sign of the gradient.
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
