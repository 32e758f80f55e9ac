package f32

import "math"

// Huber returns scale * sum of Huber's loss of d = y[i] - target[i] in float32, with delta 1:
//
//	0.5*d*d    if |d| <= 1
//	|d| - 0.5  otherwise
//
// The terms are in float64, the sum and its product with scale are as in SquaredError.
func Huber(y, target []float32, scale float32) float32 {
	same(y, target)
	return float32(sumBlocks(operands{a: y, b: target}, huber) * float64(scale))
}

func huber(x operands, lo, hi int) {
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		var l lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			a := math.Abs(float64(v - target[i]))
			term := a - 0.5
			if a <= 1 {
				term = float64(float64(0.5*a) * a)
			}
			l[i&15] += term
		}
		x.sums[lo/block] = l.sum()
	}
}

// HuberGrad writes, with d = y[i] - target[i],
//
//	dx[i] = scale   if d > 1
//	dx[i] = -scale  if d < -1
//	dx[i] = scale*d otherwise, also if d is NaN
func HuberGrad(dx, y, target []float32, scale float32) {
	same3(dx, y, target)
	parallelRange(len(dx), grain, operands{y: dx, a: y, b: target, s: scalars(scale)}, huberGrad)
}

func huberGrad(x operands, lo, hi int) {
	dx, target, scale := x.y[lo:hi], x.b[lo:hi], x.s[0]
	for i, v := range x.a[lo:hi] {
		d := v - target[i]
		if d > 1 {
			d = 1
		}
		if d < -1 {
			d = -1
		}
		dx[i] = scale * d
	}
}
