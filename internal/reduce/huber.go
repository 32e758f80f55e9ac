package reduce

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// Huber returns scale * sum of Huber's loss of d = y[i] - target[i] in float32, with delta 1:
//
//	0.5*d*d    if |d| <= 1
//	|d| - 0.5  otherwise
//
// The terms are in float64.
func Huber(y, target []float32, scale float32) float32 {
	f32.SameLength(y, target)
	return float32(sum(terms{a: y, b: target}, huber) * float64(scale))
}

func huber(x terms, lo, hi int) {
	for ; lo < hi; lo += f32.Block {
		end := min(lo+f32.Block, hi)
		var l f32.Lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			a := math.Abs(float64(v - target[i]))
			term := a - 0.5
			if a <= 1 {
				term = float64(float64(0.5*a) * a)
			}
			l[i&15] += term
		}
		x.sums[lo/f32.Block] = l.Sum()
	}
}

// HuberGrad writes, with d = y[i] - target[i],
//
//	dx[i] = scale   if d > 1
//	dx[i] = -scale  if d < -1
//	dx[i] = scale*d otherwise, also if d is NaN
func HuberGrad(dx, y, target []float32, scale float32) {
	writeGradient(dx, y, target, scale, huberGrad)
}

func huberGrad(x gradient, lo, hi int) {
	dx, target, scale := x.dx[lo:hi], x.target[lo:hi], x.scale
	for i, v := range x.y[lo:hi] {
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
