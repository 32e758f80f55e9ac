package f32

import "testing"

func TestSGD(t *testing.T) {
	const rate, momentum = 1e-2, 0.9
	for _, nesterov := range []bool{false, true} {
		for seed, n := range lengths {
			w0, g0 := normal(uint64(seed), n), mixed(uint64(seed)+1, n)
			w, checkW := guarded(t, w0)
			v, checkV := guarded(t, make([]float32, n))
			g, checkG := guarded(t, g0)
			for range 3 {
				SGD(w, g, v, rate, momentum, nesterov)
			}
			checkW()
			checkV()
			checkG()
			for i := range w {
				wi, vi, gi := float64(w0[i]), 0.0, float64(g0[i])
				for range 3 {
					vi = round(round(vi*round(momentum)) + gi)
					step := vi
					if nesterov {
						step = round(gi + round(round(momentum)*vi))
					}
					wi = round(wi - round(round(rate)*step))
				}
				if !sameBits(w[i], float32(wi)) || !sameBits(v[i], float32(vi)) || !sameBits(g[i], g0[i]) {
					t.Fatalf("gradient %g: w, v = %g, %g, want %g, %g", gi, w[i], v[i], wi, vi)
				}
			}
		}
	}
	x := make([]float32, 3)
	mustPanic(t, "SGD v", func() { SGD(x, x, x[:2], 1, 1, false) })
	mustPanic(t, "SGD g", func() { SGD(x, x[:2], x, 1, 1, true) })
	if n := testing.AllocsPerRun(10, func() { SGD(x, x, x, 1, 1, true); Huber(x, x, 1); HuberGrad(x, x, x, 1) }); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
}
