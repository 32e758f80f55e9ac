package elementwise

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// GELU and its gradient compute in float64 and round once, so they are within 0.501 units in the
// last place. Near the zero of the derivative, the gradient may be off by another 1e-12 * |dy[i]|.

const tailLimit = 20 // Phi(-20) is 0 in float32, even times the largest float32

// GELU writes y[i] = x[i] * Phi(x[i]), with the normal distribution function Phi. It is the exact
// form, not the approximation by tanh.
func GELU(y, x []float32) {
	f32.SameLength(y, x)
	each(elements{y: y, a: x}, gELU)
}

func gELU(x elements, lo, hi int) {
	if vectorGELU(&x, lo, hi) {
		return
	}
	y := x.y[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = float32(geluOf(f32.Widen(v)))
	}
}

// GELUGrad writes the gradient from the input x, with the normal density phi:
//
//	dx[i] = dy[i] * (Phi(x[i]) + x[i]*phi(x[i]))
func GELUGrad(dx, dy, x []float32) {
	f32.SameLengths(dx, dy, x)
	each(elements{y: dx, a: dy, b: x}, gELUGrad)
}

func gELUGrad(x elements, lo, hi int) {
	if vectorGELUGrad(&x, lo, hi) {
		return
	}
	dx, dy := x.y[lo:hi], x.a[lo:hi]
	for i, v := range x.b[lo:hi] {
		dx[i] = float32(float64(dy[i]) * geluSlopeOf(f32.Widen(v)))
	}
}

func geluOf(x float64) float64 {
	if x < -tailLimit {
		x = -tailLimit
	}
	_, e, ratio := normalTail(x)
	tail := float64(e * ratio)
	return x * f32.Pick(x >= 0, 1-tail, tail)
}

func geluSlopeOf(x float64) float64 {
	const peak = 1 / (math.Sqrt2 * math.SqrtPi) // phi(0)
	a, e, ratio := normalTail(x)
	tail := float64(e * (ratio - float64(a*peak)))
	return f32.Pick(x >= 0, 1-tail, tail)
}

// normalTail returns a = |x|, clamped to tailLimit, e = exp(-a²/2), and the ratio Phi(-a)/e. The
// ratio falls slowly, from 1/2 at 0 to 0.02, so the tail keeps its relative accuracy.
//
// The ratio is a smooth function of s = (a-5)/(a+5). The polynomial of degree 14 interpolates it at
// the Chebyshev nodes of -1 <= s <= 0.6. The coefficients were computed with 50 digits and rounded
// to float64. The relative error is below 2.1e-12.
func normalTail(x float64) (a, e, ratio float64) {
	a = math.Abs(x)
	if a > tailLimit {
		a = tailLimit
	}
	s := (a - 5) / (a + 5)
	z := s * s
	even := float64(z*-6.601875939233486e-07) + 6.752570949457071e-06
	even = float64(z*even) + -6.0530729467409456e-05
	even = float64(z*even) + 0.0002195903977422864
	even = float64(z*even) + 0.008991363225212493
	even = float64(z*even) + 0.04785535290444121
	even = float64(z*even) + 0.1160688118671328
	even = float64(z*even) + 0.07691930497509324
	odd := float64(z*-8.96617877123983e-07) + 7.061234593147963e-07
	odd = float64(z*odd) + 0.0001343701498203256
	odd = float64(z*odd) + -0.0023788637201985715
	odd = float64(z*odd) + -0.02341389826271807
	odd = float64(z*odd) + -0.08088387738676917
	odd = float64(z*odd) + -0.1434575552619055
	return a, f32.Exp(a * a * -0.5), even + float64(s*odd)
}
