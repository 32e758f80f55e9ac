package elementwise

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// The activations made of exponentials in float32. Each comment says how many units in the last
// place the result may be off.

// SiLU writes y[i] = x[i] / (1 + exp(-x[i])) within 2.5 units in the last place. It is also called
// swish.
func SiLU(y, x []float32) {
	f32.SameLength(y, x)
	each(elements{y: y, a: x}, siLU)
}

func siLU(x elements, lo, hi int) {
	if vectorSiLU(&x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = siluOf(v)
	}
}

// SiLUGrad writes the gradient from the input x, with s = 1/(1+exp(-x[i])):
//
//	dx[i] = dy[i] * (s * (1 + x[i]*(1-s)))
//
// The slope, which multiplies dy[i], is within 2e-7 of the exact one.
func SiLUGrad(dx, dy, x []float32) {
	f32.SameLengths(dx, dy, x)
	each(elements{y: dx, a: dy, b: x}, siLUGrad)
}

func siLUGrad(x elements, lo, hi int) {
	if vectorSiLUGrad(&x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = dy[i] * siluSlopeOf(v)
	}
}

// siluOf multiplies by the power of two last, because that may be subnormal where the result is
// not.
func siluOf(x float32) float32 {
	d, _, k := logisticParts(x)
	y := atLeast(x, -logisticLimit) / d
	return pickSign(x, times2(y, k), y)
}

// siluSlopeOf clamps x. Outside of the range, the slope is 0 or 1 to within 2e-33. So an
// infinity never meets a 0. a is 1/(1+e^-|x|), and b is 1-a.
func siluSlopeOf(x float32) float32 {
	const slopeLimit = 80
	x = atMost(atLeast(x, -slopeLimit), slopeLimit)
	u, k := expParts(minusAbs(x))
	s := power(k, bias)
	e := f32.FMA(s, u, s)
	a := 1 / (1 + e)
	b := e * a
	return pickSign(x, b, a) * f32.FMA(x, pickSign(x, a, b), 1)
}

// Sigmoid writes y[i] = 1 / (1 + exp(-x[i])) within 2.5 units in the last place.
func Sigmoid(y, x []float32) {
	f32.SameLength(y, x)
	each(elements{y: y, a: x}, sigmoid)
}

func sigmoid(x elements, lo, hi int) {
	if vectorSigmoid(&x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = sigmoidOf(v)
	}
}

// SigmoidGrad writes the gradient from the output y: dx[i] = dy[i] * (y[i] * (1-y[i])).
func SigmoidGrad(dx, dy, y []float32) {
	f32.SameLengths(dx, dy, y)
	each(elements{y: dx, a: dy, b: y}, sigmoidGrad)
}

func sigmoidGrad(x elements, lo, hi int) {
	if vectorSigmoidGrad(&x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = dy[i] * (v * (1 - v))
	}
}

func sigmoidOf(x float32) float32 {
	d, s, _ := logisticParts(x)
	return pickSign(x, s, 1) / d
}

// Tanh writes y[i] = tanh(x[i]) within 2 units in the last place.
func Tanh(y, x []float32) {
	f32.SameLength(y, x)
	each(elements{y: y, a: x}, tanh)
}

func tanh(x elements, lo, hi int) {
	if vectorTanh(&x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = tanhOf(v)
	}
}

// TanhGrad writes the gradient from the output y: dx[i] = dy[i] * ((1-y[i]) * (1+y[i])).
func TanhGrad(dx, dy, y []float32) {
	f32.SameLengths(dx, dy, y)
	each(elements{y: dx, a: dy, b: y}, tanhGrad)
}

func tanhGrad(x elements, lo, hi int) {
	if vectorTanhGrad(&x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = dy[i] * ((1 - v) * (1 + v))
	}
}

// tanhOf is t/(t+2) with t = e^-2|x| - 1, and the sign of x.
func tanhOf(x float32) float32 {
	t, t2 := expm1Negative(2 * x)
	return float32(math.Copysign(float64(t/t2), float64(x)))
}

// Softplus writes y[i] = log(1 + exp(x[i])) within 2 units in the last place.
func Softplus(y, x []float32) {
	f32.SameLength(y, x)
	each(elements{y: y, a: x}, softplus)
}

func softplus(x elements, lo, hi int) {
	if vectorSoftplus(&x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = softplusOf(v)
	}
}

// SoftplusGrad writes the gradient from the output y, which is not negative: dx[i] = dy[i] *
// -expm1(-y[i]), within 1.6 units in the last place.
func SoftplusGrad(dx, dy, y []float32) {
	f32.SameLengths(dx, dy, y)
	each(elements{y: dx, a: dy, b: y}, softplusGrad)
}

func softplusGrad(x elements, lo, hi int) {
	if vectorSoftplusGrad(&x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		t, _ := expm1Negative(v)
		dx[i] = dy[i] * -t
	}
}

// softplusOf is log1p(e) for a negative x and x + log1p(e) for the others, with e = e^-|x|.
func softplusOf(x float32) float32 {
	u, s := expNegative(x)
	l := log1p(f32.FMA(s, u, s))
	return pickSign(x, l, x+l)
}
