package f32

import "math"

// The functions of this file take and return float64. Their relative error is 1e-11 or less, so a
// result that is rounded to float32 is within 0.501 units in the last place. They need no more
// accuracy than that, so their polynomials are short. Arguments come from float32 and may be
// infinite. A NaN gives a NaN.

const (
	expLimit = 700 // e^±700 is finite and normal in float64, and far outside of float32

	// Adding roundShift rounds a float64 of magnitude below 2^51 to an integer, which then stands
	// in its low bits.
	roundShift = 3 << 51
)

// Exp returns e^x, with x clamped to ±700.
//
// x = k ln 2 + r, with an integer k and |r| <= ln(2)/2. p = e^r - 1 is its Taylor polynomial of
// degree 10, with a relative error below 7.3e-13. The polynomial is split in two halves, which the
// processor computes at the same time.
func Exp(x float64) float64 {
	if x < -expLimit {
		x = -expLimit
	}
	if x > expLimit {
		x = expLimit
	}
	k := float64(x*math.Log2E) + roundShift
	r := x - float64((k-roundShift)*math.Ln2)
	z := r * r
	odd := float64(z*(1.0/362880)) + 1.0/5040
	odd = float64(z*odd) + 1.0/120
	odd = float64(z*odd) + 1.0/6
	odd = float64(z*odd) + 1
	even := float64(z*(1.0/3628800)) + 1.0/40320
	even = float64(z*even) + 1.0/720
	even = float64(z*even) + 1.0/24
	even = float64(z*even) + 1.0/2
	p := float64(r*odd) + float64(z*even)
	scale := math.Float64frombits((math.Float64bits(k) + 1023) << 52)
	return scale + float64(scale*p)
}

// Log1p returns log(1+u) for u in [0, 1]. log(1+u) = 2 atanh(s) with s = u/(2+u), in [0, 1/3]. The
// relative error is below 7e-14.
func Log1p(u float64) float64 { return twiceAtanh(u / (2 + u)) }

// Log returns the natural logarithm of a positive normal x.
//
// x = m * 2^k with m between sqrt(1/2) and sqrt(2), and log m = 2 atanh((m-1)/(m+1)).
func Log(x float64) float64 {
	const rootOfHalf = 0x3fe6a09e667f3bcd
	k := int64(math.Float64bits(x)-rootOfHalf) >> 52
	m := math.Float64frombits(math.Float64bits(x) - uint64(k)<<52)
	return twiceAtanh((m-1)/(m+1)) + float64(float64(k)*math.Ln2)
}

// twiceAtanh returns 2 atanh(s) for |s| <= 1/3.
//
// atanh(s)/s is a function of z = s². The polynomial of degree 7 interpolates it at the Chebyshev
// nodes of [0, 1/9]. The coefficients were computed with 50 digits and rounded to float64.
func twiceAtanh(s float64) float64 {
	z := s * s
	w := z * z
	even := float64(w*0.07035379662321815) + 0.11107700090055997
	even = float64(w*even) + 0.19999998632121246
	even = float64(w*even) + 0.9999999999999368
	odd := float64(w*0.10034077847425321) + 0.0915502181938133
	odd = float64(w*odd) + 0.14285812013750593
	odd = float64(w*odd) + 0.3333333334059967
	p := even + float64(z*odd)
	return float64((s + s) * p)
}
