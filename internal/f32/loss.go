package f32

import "math"

// SquaredError returns scale * sum of d*d with d = y[i] - target[i] in float32; the squares are exact in float64, the
// sum is that of sum.go, and its product with scale is rounded to float32.
func SquaredError(y, target []float32, scale float32) float32 {
	same(y, target)
	return float32(sumBlocks(operands{a: y, b: target}, squaredError) * float64(scale))
}

func squaredError(x operands, lo, hi int) {
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		if vector(kernelSquaredError, &x, lo, end) {
			continue
		}
		var l lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			d := float64(v - target[i])
			l[i&15] += float64(d * d)
		}
		x.sums[lo/block] = l.sum()
	}
}

// SquaredErrorBoth returns what SquaredError does and, in the same pass, writes the gradient
//
//	dx[i] = (2*scale) * (y[i] - target[i])
func SquaredErrorBoth(dx, y, target []float32, scale float32) float32 {
	same3(dx, y, target)
	x := operands{y: dx, a: y, b: target, s: scalars(2 * scale)}
	return float32(sumBlocks(x, squaredErrorBoth) * float64(scale))
}

func squaredErrorBoth(x operands, lo, hi int) {
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		if vector(kernelSquaredErrorBoth, &x, lo, end) {
			continue
		}
		squaredError(x, lo, end)
		dx, target, twice := x.y[lo:end], x.b[lo:end], x.s[0]
		for i, v := range x.a[lo:end] {
			dx[i] = twice * (v - target[i])
		}
	}
}

// AbsoluteError returns scale * sum of |y[i] - target[i]|, with the difference in float32 and the sum and the product
// as in SquaredError.
func AbsoluteError(y, target []float32, scale float32) float32 {
	same(y, target)
	return float32(sumBlocks(operands{a: y, b: target}, absoluteError) * float64(scale))
}

func absoluteError(x operands, lo, hi int) {
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		if vector(kernelAbsoluteError, &x, lo, end) {
			continue
		}
		var l lanes
		target := x.b[lo:end]
		for i, v := range x.a[lo:end] {
			l[i&15] += math.Abs(float64(v - target[i]))
		}
		x.sums[lo/block] = l.sum()
	}
}

// AbsoluteErrorGrad writes, with d = y[i] - target[i],
//
//	dx[i] = scale   if d > 0
//	dx[i] = -scale  if d < 0
//	dx[i] = d       if d is 0 or NaN
func AbsoluteErrorGrad(dx, y, target []float32, scale float32) {
	same3(dx, y, target)
	parallelRange(len(dx), grain, operands{y: dx, a: y, b: target, s: scalars(scale, -scale)}, absoluteErrorGrad)
}

func absoluteErrorGrad(x operands, lo, hi int) {
	if vector(kernelAbsoluteErrorGrad, &x, lo, hi) {
		return
	}
	dx, target := x.y[lo:hi], x.b[lo:hi]
	up, down := math.Float32bits(x.s[0]), math.Float32bits(x.s[1])
	for i, v := range x.a[lo:hi] {
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
