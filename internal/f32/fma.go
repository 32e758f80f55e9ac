//go:build !arm64

package f32

import "math"

// FMA returns x*y + z rounded once, to float32.
//
// The product of two float32 is exact in float64. The sum of it and z is rounded to float64 and
// then to float32. In the normal range, the first rounding misleads the second only if the float64
// is halfway between two float32, that is, if the 29 bits that the second rounding drops are a one
// and zeros. In that case, and for the rare subnormal results, the sum is rounded to odd.
func FMA(x, y, z float32) float32 {
	p, q := float64(x)*float64(y), float64(z)
	s := p + q
	if Halfway(s) || Subnormal(s) {
		s = AddOdd(p, q)
	}
	return float32(s)
}

// Halfway reports whether s, if it is normal in float32, is halfway between two of them.
func Halfway(s float64) bool { return math.Float64bits(s)<<35 == 1<<63 }

// Subnormal reports whether s is below 2^-126 and not 0: without its sign, 0 wraps around to the
// largest number.
func Subnormal(s float64) bool { return math.Float64bits(s)<<1-1 < (1023-126)<<53-1 }

// AddOdd returns p+q rounded to odd. TwoSum (Knuth, The Art of Computer Programming, volume 2,
// 4.2.2) gives the rounding error of the sum. If the error is not zero, AddOdd takes that neighbour
// of the exact sum whose last bit is one. It is never halfway between two float32 (Boldo and
// Melquiond, Emulation of FMA and correctly rounded sums, 2008).
func AddOdd(p, q float64) float64 {
	s := p + q
	v := s - p
	e := (p - (s - v)) + (q - v)
	// If s is infinite or NaN, e is NaN and neither below nor above 0.
	if b := math.Float64bits(s); b&1 == 0 && (e < 0 || e > 0) {
		if (e > 0) == (s > 0) {
			b++
		} else {
			b--
		}
		s = math.Float64frombits(b)
	}
	return s
}
