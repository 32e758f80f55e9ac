package elementwise

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// The activations that are straight on the positive side. They choose between two bit patterns, for
// the reason that f32.Negative gives.

// LeakyReLU writes, for slope >= 0 (for slope 0 see ReLU, which has no 0*Inf):
//
//	y[i] = x[i] * slope  if x[i] is negative
//	y[i] = x[i]          otherwise
func LeakyReLU(y, x []float32, slope float32) {
	f32.SameLength(y, x)
	each(elements{y: y, a: x, p: slope}, leakyReLU)
}

func leakyReLU(x elements, lo, hi int) {
	if vectorLeakyReLU(&x, lo, hi) {
		return
	}
	y, s := x.y[lo:hi], math.Float32bits(x.p)
	for i, v := range x.a[lo:hi] {
		factor := uint32(f32.One)
		if f32.Negative(math.Float32bits(v)) {
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
	f32.SameLengths(dx, dy, y)
	each(elements{y: dx, a: dy, b: y, p: slope}, leakyReLUGrad)
}

func leakyReLUGrad(x elements, lo, hi int) {
	if vectorLeakyReLUGrad(&x, lo, hi) {
		return
	}
	dx, dy, s := x.y[lo:hi], x.a[lo:hi], math.Float32bits(x.p)
	for i, v := range x.b[lo:hi] {
		factor := uint32(f32.One)
		if f32.Negative(math.Float32bits(v)) {
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
	f32.SameLength(y, x)
	each(elements{y: y, a: x}, reLU)
}

func reLU(x elements, lo, hi int) {
	if vectorReLU(&x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		b := math.Float32bits(v)
		if f32.Negative(b) {
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
	f32.SameLengths(dx, dy, y)
	each(elements{y: dx, a: dy, b: y}, reLUGrad)
}

func reLUGrad(x elements, lo, hi int) {
	if vectorReLUGrad(&x, lo, hi) {
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
	f32.SameLength(y, x)
	each(elements{y: y, a: x, p: alpha}, eLU)
}

func eLU(x elements, lo, hi int) {
	if vectorELU(&x, lo, hi) {
		return
	}
	y, alpha := x.y[lo:hi], x.p
	for i, v := range x.a[lo:hi] {
		b := math.Float32bits(v)
		t, _ := expm1Negative(v)
		e := math.Float32bits(alpha * t)
		if f32.Negative(b) {
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
	f32.SameLengths(dx, dy, y)
	each(elements{y: dx, a: dy, b: y, p: alpha}, eLUGrad)
}

func eLUGrad(x elements, lo, hi int) {
	if vectorELUGrad(&x, lo, hi) {
		return
	}
	dx, dy, alpha := x.y[lo:hi], x.a[lo:hi], x.p
	for i, v := range x.b[lo:hi] {
		factor := uint32(f32.One)
		slope := math.Float32bits(v + alpha)
		if f32.Negative(math.Float32bits(v)) {
			factor = slope
		}
		dx[i] = dy[i] * math.Float32frombits(factor)
	}
}
