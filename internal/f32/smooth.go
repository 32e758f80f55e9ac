package f32

import "math"

// The activations made of exponentials. What is said to be in float64 is computed there by the functions of math.go and
// rounded once, so it is within 0.501 units in the last place: GELU and its gradient, which
// around the zero of the derivative may be off by another 1e-12 * |dy[i]|. The others are sequences of float32 operations,
// within a few units in the last place as their comments say.

// SiLU writes y[i] = x[i] / (1 + exp(-x[i])) within 2.5 units in the last place. It is also known as swish.
func SiLU(y, x []float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x}, siLU)
}

func siLU(x operands, lo, hi int) {
	if vector(kernelSiLU, &x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = silu32(v)
	}
}

// SiLUGrad writes the gradient from the input x, with s = 1/(1+exp(-x[i])):
//
//	dx[i] = dy[i] * (s * (1 + x[i]*(1-s)))
//
// where the slope, which dy[i] is multiplied with, is within 2e-7 of exact.
func SiLUGrad(dx, dy, x []float32) {
	same3(dx, dy, x)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: x}, siLUGrad)
}

func siLUGrad(x operands, lo, hi int) {
	if vector(kernelSiLUGrad, &x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = dy[i] * siluSlope32(v)
	}
}

// silu32 multiplies by the power of two last, since that may be subnormal where the result is not.
func silu32(x float32) float32 {
	d, _, k := logisticParts32(x)
	y := atLeast32(x, -logisticLimit) / d
	return pickSign(x, times2(y, k), y)
}

// siluSlope32 clamps x where the slope is 0 or 1 to 2e-33, which keeps an infinity from meeting a 0. a is 1/(1+e^-|x|),
// and b is 1-a.
func siluSlope32(x float32) float32 {
	const slopeLimit = 80
	x = atMost32(atLeast32(x, -slopeLimit), slopeLimit)
	u, k := expParts32(minusAbs32(x))
	s := scale32(k, bias32)
	e := fma32(s, u, s)
	a := 1 / (1 + e)
	b := e * a
	return pickSign(x, b, a) * fma32(x, pickSign(x, a, b), 1)
}

// GELU writes, in float64, y[i] = x[i] * Phi(x[i]) with the normal distribution function Phi: the exact form, not the
// approximation by tanh.
func GELU(y, x []float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x}, gELU)
}

func gELU(x operands, lo, hi int) {
	if vector(kernelGELU, &x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = float32(gelu(widen(v)))
	}
}

// GELUGrad writes the gradient from the input x, in float64, with the normal density phi:
//
//	dx[i] = dy[i] * (Phi(x[i]) + x[i]*phi(x[i]))
func GELUGrad(dx, dy, x []float32) {
	same3(dx, dy, x)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: x}, gELUGrad)
}

func gELUGrad(x operands, lo, hi int) {
	if vector(kernelGELUGrad, &x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = float32(float64(dy[i]) * geluSlope(widen(v)))
	}
}

func gelu(x float64) float64 {
	if x < -tailLimit {
		x = -tailLimit
	}
	_, e, ratio := normalTail(x)
	tail := float64(e * ratio)
	return x * pick(x >= 0, 1-tail, tail)
}

func geluSlope(x float64) float64 {
	const peak = 1 / (math.Sqrt2 * math.SqrtPi) // phi(0)
	a, e, ratio := normalTail(x)
	tail := float64(e * (ratio - float64(a*peak)))
	return pick(x >= 0, 1-tail, tail)
}

// Sigmoid writes y[i] = 1 / (1 + exp(-x[i])) within 2.5 units in the last place.
func Sigmoid(y, x []float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x}, sigmoid)
}

func sigmoid(x operands, lo, hi int) {
	if vector(kernelSigmoid, &x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = sigmoid32(v)
	}
}

// SigmoidGrad writes the gradient from the output y: dx[i] = dy[i] * (y[i] * (1-y[i])).
func SigmoidGrad(dx, dy, y []float32) {
	same3(dx, dy, y)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: y}, sigmoidGrad)
}

func sigmoidGrad(x operands, lo, hi int) {
	if vector(kernelSigmoidGrad, &x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = dy[i] * (v * (1 - v))
	}
}

func sigmoid32(x float32) float32 {
	d, s, _ := logisticParts32(x)
	return pickSign(x, s, 1) / d
}

// Tanh writes y[i] = tanh(x[i]) within 2 units in the last place.
func Tanh(y, x []float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x}, tanh)
}

func tanh(x operands, lo, hi int) {
	if vector(kernelTanh, &x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = tanh32(v)
	}
}

// TanhGrad writes the gradient from the output y: dx[i] = dy[i] * ((1-y[i]) * (1+y[i])).
func TanhGrad(dx, dy, y []float32) {
	same3(dx, dy, y)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: y}, tanhGrad)
}

func tanhGrad(x operands, lo, hi int) {
	if vector(kernelTanhGrad, &x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = dy[i] * ((1 - v) * (1 + v))
	}
}

// tanh32 is, but for the sign, t/(t+2) with t = e^-2|x| - 1.
func tanh32(x float32) float32 {
	t, t2 := expm1Negative32(2 * x)
	return float32(math.Copysign(float64(t/t2), float64(x)))
}

// Softplus writes y[i] = log(1 + exp(x[i])) within 2 units in the last place.
func Softplus(y, x []float32) {
	same(y, x)
	parallelRange(len(x), grain, operands{y: y, a: x}, softplus)
}

func softplus(x operands, lo, hi int) {
	if vector(kernelSoftplus, &x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = softplus32(v)
	}
}

// SoftplusGrad writes the gradient from the output y, which is not negative: dx[i] = dy[i] * -expm1(-y[i]), within 1.6
// units in the last place.
func SoftplusGrad(dx, dy, y []float32) {
	same3(dx, dy, y)
	parallelRange(len(dx), grain, operands{y: dx, a: dy, b: y}, softplusGrad)
}

func softplusGrad(x operands, lo, hi int) {
	if vector(kernelSoftplusGrad, &x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		t, _ := expm1Negative32(v)
		dx[i] = dy[i] * -t
	}
}

// softplus32 is log1p(e) for a negative x and x + log1p(e) for others, with e = e^-|x|.
func softplus32(x float32) float32 {
	u, s := expNegative32(x)
	l := log1p32(fma32(s, u, s))
	return pickSign(x, l, x+l)
}
