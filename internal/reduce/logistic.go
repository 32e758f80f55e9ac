package reduce

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// LogisticLoss returns scale times the sum of the binary cross-entropies between the targets, in
// [0, 1], and the predictions sigmoid(z[i]). z are the logits. The terms are in float64:
//
//	max(z[i], 0) - z[i]*target[i] + log1p(exp(-|z[i]|))
//
// An infinite logit gives NaN.
func LogisticLoss(z, target []float32, scale float32) float32 {
	f32.SameLength(z, target)
	return float32(sum(terms{a: z, b: target}, logisticLoss) * float64(scale))
}

func logisticLoss(x terms, lo, hi int) {
	for ; lo < hi; lo += f32.Block {
		end := min(lo+f32.Block, hi)
		if vectorLogisticLoss(&x, lo, end) {
			continue
		}
		var l f32.Lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			l[i&15] += crossEntropy(f32.Widen(v), f32.Widen(target[i]))
		}
		x.sums[lo/f32.Block] = l.Sum()
	}
}

func crossEntropy(z, t float64) float64 {
	a := math.Abs(z)
	return float64(0.5*(z+a)) - float64(z*t) + f32.Log1p(f32.Exp(-a))
}

// LogisticLossGrad writes dx[i] = scale * (sigmoid(z[i]) - target[i]). It computes in float64
//
//	scale * (((1-t)*p - t*q) / (1+e))  with e = exp(-|z|)
//	                                   and (p, q) = (1, e) for z >= 0, (e, 1) for z < 0
//
// and rounds once. This formula does not cancel where a confident prediction is right.
func LogisticLossGrad(dx, z, target []float32, scale float32) {
	writeGradient(dx, z, target, scale, logisticLossGrad)
}

func logisticLossGrad(x gradient, lo, hi int) {
	if vectorLogisticLossGrad(&x, lo, hi) {
		return
	}
	dx, target, scale := x.dx[lo:hi], x.target[lo:hi], float64(x.scale)
	for i, v := range x.y[lo:hi] {
		dx[i] = float32(scale * crossEntropySlope(f32.Widen(v), f32.Widen(target[i])))
	}
}

func crossEntropySlope(z, t float64) float64 {
	e := f32.Exp(-math.Abs(z))
	p := f32.Pick(z >= 0, 1, e)
	q := f32.Pick(z >= 0, e, 1)
	return (float64((1-t)*p) - float64(t*q)) / (1 + e)
}
