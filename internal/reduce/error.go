package reduce

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// gradient are the operands of the gradient of a loss. The assembly reads them where
// TestOperandsLayout says.
type gradient struct {
	dx, y, target []float32
	scale, minus  float32 // minus is -scale
}

var overGradient pool.Range[gradient]

// writeGradient runs f on all elements, after the lengths are checked.
func writeGradient(dx, y, target []float32, scale float32, f func(x gradient, lo, hi int)) {
	f32.SameLengths(dx, y, target)
	overGradient.Run(len(dx), pool.Grain, gradient{dx, y, target, scale, -scale}, f)
}

// SquaredError returns scale * sum of d*d, with d = y[i] - target[i] in float32. The squares are
// exact in float64.
func SquaredError(y, target []float32, scale float32) float32 {
	f32.SameLength(y, target)
	return float32(sum(terms{a: y, b: target}, squaredError) * float64(scale))
}

func squaredError(x terms, lo, hi int) {
	for ; lo < hi; lo += f32.Block {
		end := min(lo+f32.Block, hi)
		if vectorSquaredError(&x, lo, end) {
			continue
		}
		var l f32.Lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			d := float64(v - target[i])
			l[i&15] += float64(d * d)
		}
		x.sums[lo/f32.Block] = l.Sum()
	}
}

// SquaredErrorBoth returns what SquaredError returns and, in the same pass, writes the gradient
//
//	dx[i] = (2*scale) * (y[i] - target[i])
func SquaredErrorBoth(dx, y, target []float32, scale float32) float32 {
	f32.SameLengths(dx, y, target)
	x := terms{a: y, b: target, dx: dx, factor: 2 * scale}
	return float32(sum(x, squaredErrorBoth) * float64(scale))
}

func squaredErrorBoth(x terms, lo, hi int) {
	for ; lo < hi; lo += f32.Block {
		end := min(lo+f32.Block, hi)
		if vectorSquaredErrorBoth(&x, lo, end) {
			continue
		}
		squaredError(x, lo, end)
		dx, target, factor := x.dx[lo:end], x.b[lo:end], x.factor
		for i, v := range x.a[lo:end] {
			dx[i] = factor * (v - target[i])
		}
	}
}

// AbsoluteError returns scale * sum of |y[i] - target[i]|, with the difference in float32.
func AbsoluteError(y, target []float32, scale float32) float32 {
	f32.SameLength(y, target)
	return float32(sum(terms{a: y, b: target}, absoluteError) * float64(scale))
}

func absoluteError(x terms, lo, hi int) {
	for ; lo < hi; lo += f32.Block {
		end := min(lo+f32.Block, hi)
		if vectorAbsoluteError(&x, lo, end) {
			continue
		}
		var l f32.Lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			l[i&15] += math.Abs(float64(v - target[i]))
		}
		x.sums[lo/f32.Block] = l.Sum()
	}
}

// AbsoluteErrorGrad writes, with d = y[i] - target[i],
//
//	dx[i] = scale   if d > 0
//	dx[i] = -scale  if d < 0
//	dx[i] = d       if d is 0 or NaN
func AbsoluteErrorGrad(dx, y, target []float32, scale float32) {
	writeGradient(dx, y, target, scale, absoluteErrorGrad)
}

func absoluteErrorGrad(x gradient, lo, hi int) {
	if vectorAbsoluteErrorGrad(&x, lo, hi) {
		return
	}
	dx, target := x.dx[lo:hi], x.target[lo:hi]
	up, down := math.Float32bits(x.scale), math.Float32bits(x.minus)
	for i, v := range x.y[lo:hi] {
		d := v - target[i]
		b := math.Float32bits(d)
		if d > 0 {
			b = up
		}
		if d < 0 {
			b = down
		}
		dx[i] = math.Float32frombits(b)
	}
}
