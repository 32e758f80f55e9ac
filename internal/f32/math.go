package f32

import "math"

// The functions of this file take and return float64 and are accurate to 1e-11 or better (relative), which leaves a
// result rounded to float32 within 0.501 units in the last place. They need no more than that, so their polynomials
// are short. Arguments come from float32, infinities included; a NaN gives a NaN.

const (
	expLimit = 700 // e^±700 is finite and normal in float64, and far outside of float32

	tailLimit = 20 // Phi(-20) is 0 in float32, even times the largest float32

	// Adding roundShift rounds a float64 of magnitude below 2^51 to an integer, which then stands in its low bits.
	roundShift = 3 << 51
)

// exp returns e^x, for x clamped to ±expLimit.
//
// x = k ln 2 + r with |r| <= ln(2)/2 and k an integer; p = e^r - 1 is its Taylor polynomial of degree 10,
// whose relative error is below 7.3e-13, in two halves that the processor works on at once.
func exp(x float64) float64 {
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

// log1p returns log(1+u) for u in [0, 1].
//
// log(1+u) = 2 atanh(s) with s = u/(2+u), in [0, 1/3], and atanh(s)/s is a function of z = s². The polynomial of degree
// 7 interpolates it at the Chebyshev nodes of [0, 1/9] (computed with 50 digits, then rounded to float64); its relative
// error is below 7e-14.
func log1p(u float64) float64 {
	s := u / (2 + u)
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

// normalTail returns a = |x|, clamped to tailLimit, e = exp(-a²/2) and the ratio Phi(-a)/e, which falls slowly from 1/2
// at 0 to 0.02, so that the tail keeps its relative accuracy.
//
// The ratio is a smooth function of s = (a-5)/(a+5). The polynomial of degree 14 interpolates it at the Chebyshev nodes
// of -1 <= s <= 0.6 (computed with 50 digits, then rounded to float64); its relative error is below 2.1e-12.
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
	return a, exp(a * a * -0.5), even + float64(s*odd)
}

// pick returns yes if c, else no. On patterns of bits the compiler chooses by a conditional move, while a branch on the
// sign of random data would be mispredicted half of the time.
func pick(c bool, yes, no float64) float64 {
	b := math.Float64bits(no)
	if y := math.Float64bits(yes); c {
		b = y
	}
	return math.Float64frombits(b)
}

// widen returns float64(v), for use in a loop. amd64's CVTSS2SD keeps the upper half of the register that it writes, and
// so waits for that register's last value; inlined, this is often the result of the element before, and the elements
// would be computed one after the other, three times slower.
//
//go:noinline
func widen(v float32) float64 { return float64(v) }
