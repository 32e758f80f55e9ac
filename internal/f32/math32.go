package f32

import "math"

// The functions of this file are fixed sequences of float32 operations, most of them fused multiply-adds, so that a
// vector instruction works on as many elements as it can hold. Their polynomials interpolate at Chebyshev nodes
// (computed with 60 digits, then rounded to float32). A NaN gives a NaN.

const (
	log2E   = 1.4426950216293335
	ln2High = 0.6931471824645996 // ln 2 to 24 bits
	ln2Low  = -1.9046542121259336e-09

	// Adding roundShift32 rounds a float32 of magnitude below 2^22 to an integer, which then stands in its low bits.
	roundShift32 = 3 << 22

	bias32 = 127

	// In float32, e^-x is 0 beyond zeroLimit, x*e^-x beyond logisticLimit, and e^-x - 1 is -1 beyond oneLimit.
	zeroLimit     = 104
	logisticLimit = 120
	oneLimit      = 40
)

// expParts32 returns u and the bits of a number k, for scale32, such that e^x = 2^k*(1+u), with -0.3 < u < 0.42
// accurate relative to its own size, for |x| < 200.
//
// x = k ln 2 + r with |r| <= ln(2)/2, where x - k*ln2High is exact; u = r + r²q(r), and the relative error of the
// polynomial q of degree 5 shows in e^r as less than 7e-10.
func expParts32(x float32) (u float32, k uint32) {
	r, k := reduce32(x)
	return expPolynomial32(r), k
}

// reduce32 returns r and the bits of k.
func reduce32(x float32) (r float32, k uint32) {
	t := fma32(x, log2E, roundShift32)
	n := t - roundShift32
	return fma32(n, -ln2Low, fma32(n, -ln2High, x)), math.Float32bits(t)
}

// expPolynomial32 returns e^r - 1.
func expPolynomial32(r float32) float32 {
	q := fma32(r, 0.00019890988187398762, 0.001393364742398262)
	q = fma32(r, q, 0.00833331048488617)
	q = fma32(r, q, 0.04166646674275398)
	q = fma32(r, q, 0.1666666716337204)
	q = fma32(r, q, 0.5)
	return fma32(r*r, q, r)
}

// scale32 returns 2^(k+more-127).
func scale32(k, more uint32) float32 { return math.Float32frombits((k + more) << 23) }

// times2 returns v * 2^k, rounded once, for k from -190 to 0: by two powers of two, since 2^k may be less than the
// smallest normal number.
func times2(v float32, k uint32) float32 {
	return float32(float32(v*scale32(k, bias32+64)) * 0x1p-64) // not fused with a sum where it is inlined
}

// expNegative32 returns u and s with e^-|x| = s + s*u; s is a power of two or 0.
func expNegative32(x float32) (u, s float32) {
	u, k := expParts32(atLeast32(minusAbs32(x), -zeroLimit))
	return u, times2(1, k)
}

// logisticParts32 returns d and the bits of k with 1 + e^-x = d where the sign bit of x is not set, else d * 2^-k; k is
// not above 0, and s = 2^k. d is rounded once.
//
// With e^-|x| = 2^k*(1+u), e^|x| is 2^-k*(1+v), where v belongs to -r: 1 + e^-x is (1+s) + s*u or (1 + s + v)/s.
func logisticParts32(x float32) (d, s float32, k uint32) {
	r, k := reduce32(atLeast32(minusAbs32(x), -logisticLimit))
	r = math.Float32frombits(math.Float32bits(r) ^ math.Float32bits(x)&signBit)
	s = times2(1, k)
	return fma32(pickSign(x, 1, s), expPolynomial32(r), 1+s), s, k
}

// expm1Negative32 returns t = e^-|x| - 1, without cancellation near 0, and t+2.
func expm1Negative32(x float32) (t, t2 float32) {
	u, k := expParts32(atLeast32(minusAbs32(x), -oneLimit))
	s := scale32(k, bias32)
	return fma32(s, u, s-1), fma32(s, u, s+1)
}

// log1p32 returns log(1+u) for u in [0, 1]: u + u²q(u), with a polynomial q of degree 9, whose relative error shows in
// the logarithm as less than 2e-8.
func log1p32(u float32) float32 {
	q := fma32(u, 0.0028016315773129463, -0.017184216529130936)
	q = fma32(u, q, 0.0493098720908165)
	q = fma32(u, q, -0.09139402210712433)
	q = fma32(u, q, 0.1303335726261139)
	q = fma32(u, q, -0.1636514961719513)
	q = fma32(u, q, 0.19956707954406738)
	q = fma32(u, q, -0.24996760487556458)
	q = fma32(u, q, 0.333332359790802)
	q = fma32(u, q, -0.5)
	return fma32(u*u, q, u)
}

const signBit = 1 << 31

func minusAbs32(x float32) float32 { return math.Float32frombits(math.Float32bits(x) | signBit) }

func atLeast32(x, low float32) float32 {
	if x < low {
		x = low
	}
	return x
}

func atMost32(x, high float32) float32 {
	if x > high {
		x = high
	}
	return x
}

// pickSign returns yes where the sign bit of x is set, else no; see pick.
func pickSign(x, yes, no float32) float32 {
	b := math.Float32bits(no)
	if y := math.Float32bits(yes); int32(math.Float32bits(x)) < 0 {
		b = y
	}
	return math.Float32frombits(b)
}
