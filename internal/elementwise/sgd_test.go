package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestSGD(t *testing.T) {
	const rate, momentum = 1e-2, 0.9
	for _, nesterov := range []bool{false, true} {
		for seed, n := range kerneltest.Lengths {
			w0, g0 := kerneltest.Normal(uint64(seed), n), kerneltest.Mixed(uint64(seed)+1, n)
			w, checkW := kerneltest.Guarded(t, w0)
			v, checkV := kerneltest.Guarded(t, make([]float32, n))
			g, checkG := kerneltest.Guarded(t, g0)
			for range 3 {
				SGD(w, g, v, rate, momentum, nesterov)
			}
			checkW()
			checkV()
			checkG()
			for i := range w {
				wi, vi, gi := float64(w0[i]), 0.0, float64(g0[i])
				for range 3 {
					vi = kerneltest.Round(kerneltest.Round(vi*kerneltest.Round(momentum)) + gi)
					step := vi
					if nesterov {
						step = kerneltest.Round(gi + kerneltest.Round(kerneltest.Round(momentum)*vi))
					}
					wi = kerneltest.Round(wi - kerneltest.Round(kerneltest.Round(rate)*step))
				}
				if !kerneltest.SameBits(w[i], float32(wi)) || !kerneltest.SameBits(v[i], float32(vi)) || !kerneltest.SameBits(g[i], g0[i]) {
					t.Fatalf("gradient %g: w, v = %g, %g, want %g, %g", gi, w[i], v[i], wi, vi)
				}
			}
		}
	}
	x := make([]float32, 3)
	kerneltest.MustPanic(t, "SGD v", func() { SGD(x, x, x[:2], 1, 1, false) })
	kerneltest.MustPanic(t, "SGD g", func() { SGD(x, x[:2], x, 1, 1, true) })
	if n := testing.AllocsPerRun(10, func() { SGD(x, x, x, 1, 1, true) }); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
}
