package elementwise

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// GELU writes y[i] = x[i] * Phi(x[i]), with the normal distribution function Phi. It is the exact
// form, not the approximation by tanh. The result is within 8e-8 * max(1, |x[i]|); that is within 3.2
// units in the last place from -1 up, and within 5.3 below. It has the sign of x[i]: -0 gives -0, as
// does an x[i] below -14.2, where the exact result rounds to 0.
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
		y[i] = geluOf(v)
	}
}

// GELUGrad writes the gradient from the input x, with the normal density phi:
//
//	dx[i] = dy[i] * (Phi(x[i]) + x[i]*phi(x[i]))
//
// The slope, which multiplies dy[i], is within 1.3e-7 of the exact one.
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
		dx[i] = dy[i] * geluSlopeOf(v)
	}
}

// geluOf subtracts a*Phi(-a) from x or from 0, where a = |x|. So nothing cancels for a negative x,
// and half of x at most for a positive one. The fused operation rounds once, also to a subnormal
// result.
func geluOf(x float32) float32 {
	const zeroLimit = 15 // a*Phi(-a) rounds to 0 from 14.2 on
	a := atMost(abs(x), zeroLimit)
	z := a * a
	c, q := tailRatio(a, z)
	u, k := expHalfSquare(a, z)
	w := f32.FMA(z, c, 0.5*a) / q
	w = f32.FMA(w, u, w)
	return f32.FMA(-w, times2(1, k), pickSign(x, minusAbs(0), x))
}

// geluSlopeOf clamps x. Outside of the range, the slope is 0 or 1 to within 2e-36, and 2^k would be
// subnormal. So no slope is 0, and an infinite gradient stays infinite.
func geluSlopeOf(x float32) float32 {
	const slopeLimit = 13
	const peak = 1 / (math.Sqrt2 * math.SqrtPi) // phi(0)
	a := atMost(abs(x), slopeLimit)
	z := a * a
	c, q := tailRatio(a, z)
	u, k := expHalfSquare(a, z)
	d := f32.FMA(a, -peak, f32.FMA(a, c, 0.5)/q)
	tail := float32(f32.FMA(d, u, d) * power(k, bias))
	return pickSign(x, tail, 1-tail)
}

// tailRatio returns c and q with Phi(-a) = (1/2 + a*c)/q * e^(-a²/2), for a in [0, 15] and z = a²,
// rounded.
//
// The ratio falls from 1/2 to 0.026. It is a rational function of degrees 4 and 5, found by
// minimizing the largest relative error with 50 digits; the coefficients were rounded to float32
// one after the other. The relative error is below 1.2e-8. All coefficients are positive, so no sum
// cancels. Even and odd powers are summed apart, which takes fewer roundings where a is large; there
// the rounding of z cancels in the quotient.
func tailRatio(a, z float32) (c, q float32) {
	even := f32.FMA(z, 0.004120015073567629, 0.18340663611888885)
	odd := f32.FMA(z, 0.04068031534552574, 0.43857526779174805)
	c = f32.FMA(a, even, odd)
	even = f32.FMA(z, 0.10197664052248001, 1.203294277191162)
	odd = f32.FMA(z, 0.010327233001589775, 0.4699133634567261)
	odd = f32.FMA(z, odd, 1.6750353574752808)
	return c, f32.FMA(a, f32.FMA(a, even, odd), 1)
}

// expHalfSquare returns u and the bits of a number k, for power, with e^(-a²/2) = 2^k*(1+u), for a
// in [0, 15] and z = a², rounded. It takes back the rounding of z, which would make an error of 60
// units in the last place at 13.
func expHalfSquare(a, z float32) (u float32, k uint32) {
	r, k := reduce(-0.5 * z)
	return expPolynomial(f32.FMA(f32.FMA(a, a, -z), -0.5, r)), k
}
