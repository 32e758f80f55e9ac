package f32

import "math"

// Adam updates weights w and moments m and v in place from the gradient g, as Keras 3 does
// (keras/src/optimizers/adam.py), every operation in float32:
//
//	m[i] += (g[i] - m[i]) * rate1
//	v[i] += (g[i]*g[i] - v[i]) * rate2
//	w[i] -= m[i] * alpha / (sqrt(v[i]) + eps)
//
// rate1 and rate2 are 1-beta1 and 1-beta2. They are not computed here, since Keras subtracts in float64: from a float32
// beta of 0.999 the rate would be 9.9998713e-4 instead of 1e-3. alpha is the learning rate with the bias correction of
// the step, lr * sqrt(1-beta2^t) / (1-beta1^t).
func Adam(w, g, m, v []float32, alpha, rate1, rate2, eps float32) {
	same3(w, g, m)
	same(w, v)
	for i, gi := range g {
		mi := m[i] + float32((gi-m[i])*rate1)
		vi := v[i] + float32((float32(gi*gi)-v[i])*rate2)
		m[i], v[i] = mi, vi
		w[i] -= mi * alpha / (float32(math.Sqrt(float64(vi))) + eps)
	}
}
