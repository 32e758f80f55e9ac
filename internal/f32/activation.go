package f32

import "math"

// The activations that are straight on the positive side. A branch on the sign of random data is mispredicted half of
// the time and costs more than the arithmetic, so the loops choose between two bit patterns instead, which compiles to
// a conditional move.

const one = 0x3f800000 // bits of 1

// negative reports whether the sign bit is set in the bits of a float32 that is not a NaN: as integers, -0 is the
// smallest and -Inf the largest of these.
func negative(bits uint32) bool { return int32(bits) <= -0x800000 }

// LeakyReLU writes, for slope >= 0 (for slope 0 see ReLU, which has no 0*Inf):
//
//	y[i] = x[i] * slope  if x[i] is negative
//	y[i] = x[i]          otherwise
func LeakyReLU(y, x []float32, slope float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x, s: scalars(slope)}, leakyReLU)
}

func leakyReLU(x operands, lo, hi int) {
	if vector(kernelLeakyReLU, &x, lo, hi) {
		return
	}
	y, s := x.y[lo:hi], math.Float32bits(x.s[0])
	for i, v := range x.a[lo:hi] {
		factor := uint32(one)
		if negative(math.Float32bits(v)) {
			factor = s
		}
		y[i] = v * math.Float32frombits(factor)
	}
}

// LeakyReLUGrad writes the gradient from the output y, which has the sign of the input:
//
//	dx[i] = dy[i] * slope  if y[i] is negative
//	dx[i] = dy[i]          otherwise
func LeakyReLUGrad(dx, dy, y []float32, slope float32) {
	same3(dx, dy, y)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: y, s: scalars(slope)}, leakyReLUGrad)
}

func leakyReLUGrad(x operands, lo, hi int) {
	if vector(kernelLeakyReLUGrad, &x, lo, hi) {
		return
	}
	dx, dy, s := x.y[lo:hi], x.a[lo:hi], math.Float32bits(x.s[0])
	for i, v := range x.b[lo:hi] {
		factor := uint32(one)
		if negative(math.Float32bits(v)) {
			factor = s
		}
		dx[i] = dy[i] * math.Float32frombits(factor)
	}
}

// ReLU writes
//
//	y[i] = +0    if x[i] is negative
//	y[i] = x[i]  otherwise
func ReLU(y, x []float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x}, reLU)
}

func reLU(x operands, lo, hi int) {
	if vector(kernelReLU, &x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		b := math.Float32bits(v)
		if negative(b) {
			b = 0
		}
		y[i] = math.Float32frombits(b)
	}
}

// ReLUGrad writes the gradient from the output y:
//
//	dx[i] = +0     if y[i] == 0
//	dx[i] = dy[i]  otherwise
func ReLUGrad(dx, dy, y []float32) {
	same3(dx, dy, y)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: y}, reLUGrad)
}

func reLUGrad(x operands, lo, hi int) {
	if vector(kernelReLUGrad, &x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		b := math.Float32bits(dy[i])
		if math.Float32bits(v)<<1 == 0 {
			b = 0
		}
		dx[i] = math.Float32frombits(b)
	}
}

// ELU writes, within 1.6 units in the last place,
//
//	y[i] = alpha * expm1(x[i])  if x[i] is negative
//	y[i] = x[i]                 otherwise
func ELU(y, x []float32, alpha float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x, s: scalars(alpha)}, eLU)
}

func eLU(x operands, lo, hi int) {
	if vector(kernelELU, &x, lo, hi) {
		return
	}
	y, alpha := x.y[lo:hi], x.s[0]
	for i, v := range x.a[lo:hi] {
		b := math.Float32bits(v)
		t, _ := expm1Negative32(v)
		e := math.Float32bits(alpha * t)
		if negative(b) {
			b = e
		}
		y[i] = math.Float32frombits(b)
	}
}

// ELUGrad writes the gradient from the output y:
//
//	dx[i] = dy[i] * (y[i] + alpha)  if y[i] is negative
//	dx[i] = dy[i]                   otherwise
func ELUGrad(dx, dy, y []float32, alpha float32) {
	same3(dx, dy, y)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: y, s: scalars(alpha)}, eLUGrad)
}

func eLUGrad(x operands, lo, hi int) {
	if vector(kernelELUGrad, &x, lo, hi) {
		return
	}
	dx, dy, alpha := x.y[lo:hi], x.a[lo:hi], x.s[0]
	for i, v := range x.b[lo:hi] {
		factor := uint32(one)
		slope := math.Float32bits(v + alpha)
		if negative(math.Float32bits(v)) {
			factor = slope
		}
		dx[i] = dy[i] * math.Float32frombits(factor)
	}
}
