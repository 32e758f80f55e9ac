//go:build !arm64

package f32

import "math"

// fma32 returns x*y + z rounded once, to float32.
//
// The product of two float32 is exact in float64. Their sum with z is rounded to float64 and then to float32, and the
// second rounding can only be misled by the first if its argument is halfway between two float32: in the normal range,
// if the 29 bits that it drops are a one and zeros. There, and for the rare results that are subnormal, the sum is
// rounded to odd.
func fma32(x, y, z float32) float32 {
	s := float64(float64(x)*float64(y)) + float64(z)
	b := math.Float64bits(s)
	// -0 and +0, with the sign shifted out, wrap around to the largest.
	if b&dropped != half && b<<1-1 >= smallestNormal<<1-1 {
		return float32(s)
	}
	return fmaOdd(x, y, z)
}

const (
	dropped        = 1<<29 - 1
	half           = 1 << 28
	smallestNormal = (1023 - 126) << 52 // bits of float64(2^-126)
)

// fmaOdd returns fma32(x, y, z) for any arguments. TwoSum (Knuth, The Art of Computer Programming, volume 2, 4.2.2) gives
// the error of the float64 sum; where it is not zero, the sum is replaced by the one of its two neighbours in float64
// whose last bit is one, and so is never halfway between two float32 (Boldo and Melquiond, Emulation of FMA and
// correctly rounded sums, 2008).
func fmaOdd(x, y, z float32) float32 {
	p, q := float64(x)*float64(y), float64(z)
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
	return float32(s)
}
