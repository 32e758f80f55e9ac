package f32

import (
	"math"
	"strconv"
)

// Adam updates weights w and moments m and v in place from the gradient g, as Keras 3 does
// (keras/src/optimizers/adam.py), every operation in float32:
//
//	m[i] += (g[i] - m[i]) * (1-beta1)
//	v[i] += (g[i]*g[i] - v[i]) * (1-beta2)
//	w[i] -= m[i] * alpha / (sqrt(v[i]) + eps)
//
// alpha is the learning rate with the bias correction of the step, lr * sqrt(1-beta2^t) / (1-beta1^t).
func Adam(w, g, m, v []float32, alpha, beta1, beta2, eps float32) {
	same3(w, g, m)
	same(w, v)
	rate1, rate2 := complement(beta1), complement(beta2)
	for i, gi := range g {
		mi := m[i] + float32((gi-m[i])*rate1)
		vi := v[i] + float32((float32(gi*gi)-v[i])*rate2)
		m[i], v[i] = mi, vi
		w[i] -= mi * alpha / (float32(math.Sqrt(float64(vi))) + eps)
	}
}

// complement returns 1-beta as Keras computes it: from the decimal number that was written, in float64. From the
// float32 beta it would be 9.9998713e-4 for 0.999 instead of 1e-3. The shortest decimal that rounds to beta is the one
// that was written.
func complement(beta float32) float32 {
	var buf [32]byte
	decimal, err := strconv.ParseFloat(string(strconv.AppendFloat(buf[:0], float64(beta), 'g', -1, 32)), 64)
	if err != nil {
		panic("f32: beta is not a number")
	}
	return float32(1 - decimal)
}
