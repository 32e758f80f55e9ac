package random

import "math"

// NormalPair turns 64 uniform bits, as Hash returns them, into two independent numbers of the
// normal distribution with mean 0 and variance 1 (Box and Muller, "A note on the generation of
// random normal deviates", 1958). Their magnitude is at most 6.8. They have the same bits on every
// machine, because logarithm, sine and cosine are Taylor polynomials that are rounded after each
// operation. Their error is below 1e-10.
func NormalPair(bits uint64) (a, b float64) {
	const unit = 1.0 / (1 << 32)
	radius := math.Sqrt(-2 * log(float64(float64(bits>>32)+0.5)*unit))
	// The angle is a number of quarter turns, which two bits give, plus at most an eighth of a
	// turn, which the remaining bits give.
	sin, cos := sincos(float64(float64(bits<<34>>34)-(1<<29-0.5)) * (unit * 2 * math.Pi))
	c, s := math.Float64bits(cos*radius), math.Float64bits(sin*radius)
	// An odd number of quarter turns swaps sine and cosine, and the number also decides their
	// signs. A sign is the highest bit of a float64. There is no branch here, because the processor
	// would often mispredict it.
	quarter := bits << 32 >> 62
	swap := (c ^ s) & -(quarter & 1)
	return math.Float64frombits(c ^ swap ^ (quarter+1)>>1<<63), math.Float64frombits(s ^ swap ^ quarter>>1<<63)
}

// log returns the natural logarithm of a positive normal number. It uses x = m * 2^k with m between
// sqrt(1/2) and sqrt(2), and log m = 2 atanh s with s = (m-1)/(m+1), |s| < 0.172.
func log(x float64) float64 {
	const rootOfHalf = 0x3fe6a09e667f3bcd
	k := int64(math.Float64bits(x)-rootOfHalf) >> 52
	m := math.Float64frombits(math.Float64bits(x) - uint64(k)<<52)
	s := (m - 1) / (m + 1)
	z := s * s
	p := float64(z*(1.0/13)) + 1.0/11
	p = float64(z*p) + 1.0/9
	p = float64(z*p) + 1.0/7
	p = float64(z*p) + 1.0/5
	p = float64(z*p) + 1.0/3
	p = float64(z*p) + 1
	return float64(2*s*p) + float64(float64(k)*math.Ln2)
}

// sincos returns the sine and the cosine of an angle between -pi/4 and pi/4.
func sincos(x float64) (sin, cos float64) {
	z := x * x
	sin = float64(z*(-1.0/39916800)) + 1.0/362880
	sin = float64(z*sin) - 1.0/5040
	sin = float64(z*sin) + 1.0/120
	sin = float64(z*sin) - 1.0/6
	sin = float64(z*sin) + 1
	cos = float64(z*(-1.0/3628800)) + 1.0/40320
	cos = float64(z*cos) - 1.0/720
	cos = float64(z*cos) + 1.0/24
	cos = float64(z*cos) - 1.0/2
	cos = float64(z*cos) + 1
	return x * sin, cos
}
