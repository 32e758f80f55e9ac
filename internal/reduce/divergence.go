package reduce

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// Divergence returns scale times the sum of the Kullback-Leibler divergences, in nats, of normal
// distributions from the normal distribution with mean 0 and variance 1. x has rows of 2n numbers:
// n means, then the logarithms of the n variances. The terms
//
//	((exp(logvar) - 1 - logvar) + mean*mean) / 2
//
// are in float64. They are added up in order, starting from 0, and the product with scale is
// rounded to float32.
func Divergence(x []float32, rows, n int, scale float32) float32 {
	f32.CheckMatrix(x, rows, 2*n)
	sum := 0.0
	for r := range rows {
		mean, logvar := x[2*r*n:][:n], x[(2*r+1)*n:][:n]
		for j, m := range mean {
			v := f32.Widen(logvar[j])
			sum += float64((f32.Exp(v) - 1 - v + float64(f32.Widen(m)*f32.Widen(m))) / 2)
		}
	}
	return float32(sum * float64(scale))
}

type divergenceOperands struct {
	dx, x []float32
	n     int
	scale float32
}

var overDivergence pool.Range[divergenceOperands]

// DivergenceGrad writes the gradient:
//
//	dx[r,j]   = scale * mean
//	dx[r,n+j] = scale * (exp(logvar) - 1)/2
//
// The second line is computed in float64 and rounded once.
func DivergenceGrad(dx, x []float32, rows, n int, scale float32) {
	f32.CheckMatrix(x, rows, 2*n)
	f32.SameLength(dx, x)
	const cost = 32 // of a number, in elements of other kernels
	overDivergence.Run(rows, max(pool.Grain/cost/max(n, 1), 1), divergenceOperands{dx, x, n, scale}, divergenceGrad)
}

func divergenceGrad(x divergenceOperands, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		dmean, dlogvar := x.dx[2*r*n:][:n], x.dx[(2*r+1)*n:][:n]
		for j, m := range x.x[2*r*n:][:n] {
			dmean[j] = x.scale * m
			dlogvar[j] = float32(f32.Widen(x.scale) * (f32.Exp(f32.Widen(x.x[(2*r+1)*n+j])) - 1) / 2)
		}
	}
}
