package op

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

func TestGaussianOps(t *testing.T) {
	step := uint64(7)
	noise := Noise{Key: 11, Step: &step}
	for _, c := range []struct{ rows, n int }{{1, 1}, {3, 2}, {2, 5}} {
		each := func(x [][]float64, f func(i int, mean, logvar float64)) {
			for r := range c.rows {
				for j := range c.n {
					f(r*c.n+j, x[0][2*r*c.n+j], x[0][(2*r+1)*c.n+j])
				}
			}
		}
		e := make([]float64, c.rows*c.n)
		for i := range e {
			a, b := random.NormalPair(random.Hash(random.Sub(noise.Key, step), uint64(i/c.n*((c.n+1)/2)+i%c.n/2)))
			e[i] = []float64{a, b}[i%c.n%2]
		}
		for _, k := range []struct {
			op  Op
			ref Reference
		}{
			{Sample(c.rows, c.n, noise), func(y []float64, x [][]float64) {
				each(x, func(i int, mean, logvar float64) { y[i] = mean + math.Exp(logvar/2)*e[i] })
			}},
			{Divergence(c.rows, c.n, 0.25), func(y []float64, x [][]float64) {
				y[0] = 0
				each(x, func(_ int, mean, logvar float64) { y[0] -= 0.125 * (1 + logvar - mean*mean - math.Exp(logvar)) })
			}},
		} {
			for seed := range uint64(3) {
				if err := Check(k.op, k.ref, seed); err != nil {
					t.Error(err)
				}
			}
			refusesWrongInputs(t, k.op)
		}
		mean := func(y []float64, x [][]float64) { each(x, func(i int, mean, _ float64) { y[i] = mean }) }
		// Only predictions use Mean, and these need no gradient.
		if err := Check(Mean(c.rows, c.n), mean, 1, 0); err != nil {
			t.Error(err)
		}
	}
}
