package f32

import "math"

// LogisticLoss returns scale times the binary cross-entropy between targets in [0, 1] and predictions sigmoid(z[i]),
// summed: the terms
//
//	max(z[i], 0) - z[i]*target[i] + log1p(exp(-|z[i]|))
//
// are in float64, the sum is that of sum.go, and its product with scale is rounded to float32. An infinite logit gives
// NaN.
func LogisticLoss(z, target []float32, scale float32) float32 {
	same(z, target)
	return float32(sumBlocks(operands{a: z, b: target}, logisticLoss) * float64(scale))
}

func logisticLoss(x operands, lo, hi int) {
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		if vector(kernelLogisticLoss, &x, lo, end) {
			continue
		}
		var l lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			l[i&15] += crossEntropy(widen(v), widen(target[i]))
		}
		x.sums[lo/block] = l.sum()
	}
}

func crossEntropy(z, t float64) float64 {
	a := math.Abs(z)
	return float64(0.5*(z+a)) - float64(z*t) + log1p(exp(-a))
}

// LogisticLossGrad writes dx[i] = scale * (sigmoid(z[i]) - target[i]). It is computed in float64 as
//
//	scale * (((1-t)*p - t*q) / (1+e))  with e = exp(-|z|) and (p, q) = (1, e) for z >= 0, (e, 1) for z < 0
//
// which does not cancel where a confident prediction is right, and rounded once.
func LogisticLossGrad(dx, z, target []float32, scale float32) {
	same3(dx, z, target)
	parallelRange(len(dx), grain, operands{y: dx, a: z, b: target, s: scalars(scale)}, logisticLossGrad)
}

func logisticLossGrad(x operands, lo, hi int) {
	if vector(kernelLogisticLossGrad, &x, lo, hi) {
		return
	}
	dx, target, scale := x.y[lo:hi], x.b[lo:hi], float64(x.s[0])
	for i, v := range x.a[lo:hi] {
		dx[i] = float32(scale * crossEntropySlope(widen(v), widen(target[i])))
	}
}

func crossEntropySlope(z, t float64) float64 {
	e := exp(-math.Abs(z))
	p := pick(z >= 0, 1, e)
	q := pick(z >= 0, e, 1)
	return (float64((1-t)*p) - float64(t*q)) / (1 + e)
}
