package elementwise

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// The functions of this file are fixed sequences of float32 operations, so a vector instruction
// works on as many elements as it can hold. Most operations are fused multiply-adds. The
// polynomials interpolate at Chebyshev nodes; the coefficients were computed with 60 digits and
// rounded to float32. A NaN gives a NaN.

const (
	log2E   = 1.4426950216293335
	ln2High = 0.6931471824645996 // ln 2 to 24 bits
	ln2Low  = -1.9046542121259336e-09

	// Adding roundShift rounds a float32 of magnitude below 2^22 to an integer, which then stands
	// in its low bits.
	roundShift = 3 << 22

	bias = 127 // of the exponent

	zeroLimit     = 104 // beyond it, e^-x is 0 in float32,
	logisticLimit = 120 // x*e^-x is 0,
	oneLimit      = 40  // and e^-x - 1 is -1
)

// expParts returns u and the bits of a number k, for power, with e^x = 2^k*(1+u), for |x| < 200. u
// is between -0.3 and 0.42, and is accurate relative to its own size.
//
// x = k ln 2 + r with |r| <= ln(2)/2, where x - k*ln2High is exact. u = r + r²q(r), with a
// polynomial q of degree 5. Its error makes a relative error below 7e-10 in e^r.
func expParts(x float32) (u float32, k uint32) {
	r, k := reduce(x)
	return expPolynomial(r), k
}

// reduce returns r and the bits of k for expParts.
func reduce(x float32) (r float32, k uint32) {
	t := f32.FMA(x, log2E, roundShift)
	n := t - roundShift
	return f32.FMA(n, -ln2Low, f32.FMA(n, -ln2High, x)), math.Float32bits(t)
}

// expPolynomial returns e^r - 1.
func expPolynomial(r float32) float32 {
	q := f32.FMA(r, 0.00019890988187398762, 0.001393364742398262)
	q = f32.FMA(r, q, 0.00833331048488617)
	q = f32.FMA(r, q, 0.04166646674275398)
	q = f32.FMA(r, q, 0.1666666716337204)
	q = f32.FMA(r, q, 0.5)
	return f32.FMA(r*r, q, r)
}

// power returns 2^(k+more-127).
func power(k, more uint32) float32 { return math.Float32frombits((k + more) << 23) }

// times2 returns v * 2^k, rounded once, for k from -190 to 0. It multiplies by two powers of two,
// because 2^k may be less than the smallest normal number.
func times2(v float32, k uint32) float32 {
	// The conversions keep Go from fusing a product with a sum where the function is inlined.
	return float32(float32(v*power(k, bias+64)) * 0x1p-64)
}

// expNegative returns u and s with e^-|x| = s + s*u. s is a power of two or 0.
func expNegative(x float32) (u, s float32) {
	u, k := expParts(atLeast(minusAbs(x), -zeroLimit))
	return u, times2(1, k)
}

// logisticParts returns d, rounded once, s = 2^k and the bits of k, which is not above 0, with
//
//	1 + e^-x = d         where the sign bit of x is not set
//	1 + e^-x = d * 2^-k  elsewhere
//
// With e^-|x| = 2^k*(1+u), e^|x| is 2^-k*(1+v), where v belongs to -r. So 1 + e^-x is (1+s) + s*u
// or (1 + s + v)/s.
func logisticParts(x float32) (d, s float32, k uint32) {
	r, k := reduce(atLeast(minusAbs(x), -logisticLimit))
	r = math.Float32frombits(math.Float32bits(r) ^ math.Float32bits(x)&signBit)
	s = times2(1, k)
	return f32.FMA(pickSign(x, 1, s), expPolynomial(r), 1+s), s, k
}

// expm1Negative returns t = e^-|x| - 1, without cancellation near 0, and t+2.
func expm1Negative(x float32) (t, t2 float32) {
	u, k := expParts(atLeast(minusAbs(x), -oneLimit))
	s := power(k, bias)
	return f32.FMA(s, u, s-1), f32.FMA(s, u, s+1)
}

// log1p returns log(1+u) for u in [0, 1] as u + u²q(u), with a polynomial q of degree 9. Its error
// makes a relative error below 2e-8 in the logarithm.
func log1p(u float32) float32 {
	q := f32.FMA(u, 0.0028016315773129463, -0.017184216529130936)
	q = f32.FMA(u, q, 0.0493098720908165)
	q = f32.FMA(u, q, -0.09139402210712433)
	q = f32.FMA(u, q, 0.1303335726261139)
	q = f32.FMA(u, q, -0.1636514961719513)
	q = f32.FMA(u, q, 0.19956707954406738)
	q = f32.FMA(u, q, -0.24996760487556458)
	q = f32.FMA(u, q, 0.333332359790802)
	q = f32.FMA(u, q, -0.5)
	return f32.FMA(u*u, q, u)
}

const signBit = 1 << 31

// abs returns |x|.
func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ signBit) }

// minusAbs returns -|x|.
func minusAbs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) | signBit) }

// atLeast returns x or low, the larger one, and NaN if x is NaN.
func atLeast(x, low float32) float32 {
	if x < low {
		x = low
	}
	return x
}

// atMost returns x or high, the smaller one, and NaN if x is NaN.
func atMost(x, high float32) float32 {
	if x > high {
		x = high
	}
	return x
}

// pickSign returns yes where the sign bit of x is set, else no. It chooses between bit patterns,
// for the reason that f32.Negative gives.
func pickSign(x, yes, no float32) float32 {
	b := math.Float32bits(no)
	if y := math.Float32bits(yes); int32(math.Float32bits(x)) < 0 {
		b = y
	}
	return math.Float32frombits(b)
}
