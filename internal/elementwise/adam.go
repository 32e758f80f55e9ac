package elementwise

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// adamOperands are the operands of Adam. The assembly reads them where TestOperandsLayout says.
type adamOperands struct {
	w, g, m, v               []float32
	alpha, rate1, rate2, eps float32
}

var overAdam pool.Range[adamOperands]

// Adam updates the weights w and the moments m and v in place from the gradient g. It does what
// Keras 3 does (keras/src/optimizers/adam.py), with every operation in float32:
//
//	m[i] += (g[i] - m[i]) * rate1
//	v[i] += (g[i]*g[i] - v[i]) * rate2
//	w[i] -= m[i] * alpha / (sqrt(v[i]) + eps)
//
// rate1 and rate2 are 1-beta1 and 1-beta2. The caller computes them, because Keras subtracts in
// float64: a float32 beta of 0.999 would give the rate 9.9998713e-4 instead of 1e-3. alpha is the
// learning rate with the bias correction of step t, lr * sqrt(1-beta2^t) / (1-beta1^t).
func Adam(w, g, m, v []float32, alpha, rate1, rate2, eps float32) {
	f32.SameLengths(w, g, m)
	f32.SameLength(w, v)
	overAdam.Run(len(w), pool.Grain, adamOperands{w, g, m, v, alpha, rate1, rate2, eps}, adam)
}

func adam(x adamOperands, lo, hi int) {
	if vectorAdam(&x, lo, hi) {
		return
	}
	w, m, v := x.w[lo:hi], x.m[lo:hi], x.v[lo:hi]
	alpha, rate1, rate2, eps := x.alpha, x.rate1, x.rate2, x.eps
	for i, gi := range x.g[lo:hi] {
		mi := m[i] + float32((gi-m[i])*rate1)
		vi := v[i] + float32((float32(gi*gi)-v[i])*rate2)
		m[i], v[i] = mi, vi
		w[i] -= mi * alpha / (float32(math.Sqrt(float64(vi))) + eps)
	}
}
