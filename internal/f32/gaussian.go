package f32

import "github.com/gorgonae/gorgonae/internal/random"

// The functions of this file take normal distributions as rows of 2n numbers: n means, then the logarithms of the n
// variances. They compute in float64 and round once.

// Sample draws from the distributions, rows of n numbers:
//
//	y[r,j] = mean + exp(logvar/2) * e[r,j]
//
// where (e[r,2k], e[r,2k+1]) is random.NormalPair(random.Hash(random.Sub(key, step), r*pairs + k)) with pairs = ceil(n/2).
func Sample(y, x []float32, rows, n int, key, step uint64) {
	matrix(x, rows, 2*n)
	matrix(y, rows, n)
	parallelRange(rows, sampleGrain(n), operands{y: y, a: x, keys: [2]uint64{random.Sub(key, step), uint64(n)}}, sample)
}

// SampleGrad writes the gradient from dy, of y's shape:
//
//	dx[r,j]   = dy[r,j]
//	dx[r,n+j] = dy[r,j] * (exp(logvar/2)/2 * e[r,j])
func SampleGrad(dx, dy, x []float32, rows, n int, key, step uint64) {
	matrix(x, rows, 2*n)
	same(dx, x)
	matrix(dy, rows, n)
	parallelRange(rows, sampleGrain(n), operands{y: dx, a: x, b: dy, keys: [2]uint64{random.Sub(key, step), uint64(n)}}, sampleGrad)
}

// sampleGrain is how many rows of so many numbers a processor takes at a time; a number costs as much as tens of others.
func sampleGrain(n int) int { return max(grain/32/max(n, 1), 1) }

func sample(x operands, lo, hi int) {
	n := int(x.keys[1])
	for r := lo; r < hi; r++ {
		y, mean, logvar := x.y[r*n:][:n], x.a[2*r*n:][:n], x.a[(2*r+1)*n:][:n]
		var e [2]float64
		for j := range y {
			if j&1 == 0 {
				e[0], e[1] = random.NormalPair(random.Hash(x.keys[0], uint64(r*((n+1)/2)+j/2)))
			}
			y[j] = float32(widen(mean[j]) + float64(exp(widen(logvar[j])/2)*e[j&1]))
		}
	}
}

func sampleGrad(x operands, lo, hi int) {
	n := int(x.keys[1])
	for r := lo; r < hi; r++ {
		dy, logvar := x.b[r*n:][:n], x.a[(2*r+1)*n:][:n]
		dmean, dlogvar := x.y[2*r*n:][:n], x.y[(2*r+1)*n:][:n]
		var e [2]float64
		for j, d := range dy {
			if j&1 == 0 {
				e[0], e[1] = random.NormalPair(random.Hash(x.keys[0], uint64(r*((n+1)/2)+j/2)))
			}
			dmean[j] = d
			dlogvar[j] = float32(widen(d) * float64(exp(widen(logvar[j])/2)/2*e[j&1]))
		}
	}
}

// Divergence returns scale times the Kullback-Leibler divergences of the distributions from the normal distribution of
// mean 0 and variance 1, in nats, summed over the rows: the terms
//
//	((exp(logvar) - 1 - logvar) + mean*mean) / 2
//
// are added up in order, starting from 0, and the product with scale is rounded to float32.
func Divergence(x []float32, rows, n int, scale float32) float32 {
	matrix(x, rows, 2*n)
	sum := 0.0
	for r := range rows {
		mean, logvar := x[2*r*n:][:n], x[(2*r+1)*n:][:n]
		for j, m := range mean {
			v := widen(logvar[j])
			sum += float64((exp(v) - 1 - v + float64(widen(m)*widen(m))) / 2)
		}
	}
	return float32(sum * float64(scale))
}

// DivergenceGrad writes the gradient:
//
//	dx[r,j]   = scale * mean
//	dx[r,n+j] = scale * (exp(logvar) - 1)/2
func DivergenceGrad(dx, x []float32, rows, n int, scale float32) {
	matrix(x, rows, 2*n)
	same(dx, x)
	parallelRange(rows, sampleGrain(n), operands{y: dx, a: x, s: scalars(scale), keys: [2]uint64{0, uint64(n)}}, divergenceGrad)
}

func divergenceGrad(x operands, lo, hi int) {
	n, scale := int(x.keys[1]), x.s[0]
	for r := lo; r < hi; r++ {
		dmean, dlogvar := x.y[2*r*n:][:n], x.y[(2*r+1)*n:][:n]
		for j, m := range x.a[2*r*n:][:n] {
			dmean[j] = scale * m
			dlogvar[j] = float32(widen(scale) * (exp(widen(x.a[(2*r+1)*n+j])) - 1) / 2)
		}
	}
}
