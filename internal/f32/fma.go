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
	p, q := float64(x)*float64(y), float64(z)
	s := p + q
	if halfway(s) || subnormal(s) {
		s = addOdd(p, q)
	}
	return float32(s)
}

// halfway reports whether s, if it is normal in float32, is halfway between two of them.
func halfway(s float64) bool { return math.Float64bits(s)<<35 == 1<<63 }

// subnormal reports whether s, which is not 0, is below 2^-126. Without its sign, 0 wraps around to the largest.
func subnormal(s float64) bool { return math.Float64bits(s)<<1-1 < (1023-126)<<53-1 }

// addOdd returns p+q rounded to odd. TwoSum (Knuth, The Art of Computer Programming, volume 2, 4.2.2) gives the error of
// the sum as it is rounded; where that is not zero, it is replaced by the one of its two neighbours whose last bit is one,
// and so is never halfway between two float32 (Boldo and Melquiond, Emulation of FMA and correctly rounded sums, 2008).
func addOdd(p, q float64) float64 {
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

// wide is the type in which the portable matrix product keeps its numbers.
type wide = float64

// multiplyBlock adds to the 2 x 4 elements of c, which hold float32, the products of a and b, term by term as fma32 does.
// If coarse, all products are multiples of the smallest subnormal. Then so are all sums, those that are subnormal in
// float32 are exact, and only the halfway cases remain to be looked for. The loop tests four sums at once because it needs
// few registers that way.
func multiplyBlock(c *[2][4]wide, a [][2]wide, b [][4]wide, coarse bool) {
	if !coarse {
		multiplyFine(c, a, b)
		return
	}
	b = b[:len(a)]
	c0, c1, c2, c3 := c[0][0], c[0][1], c[0][2], c[0][3]
	d0, d1, d2, d3 := c[1][0], c[1][1], c[1][2], c[1][3]
	for l := range a {
		y := &b[l]
		x := a[l][0]
		s0, s1, s2, s3 := float64(x*y[0])+c0, float64(x*y[1])+c1, float64(x*y[2])+c2, float64(x*y[3])+c3
		if halfway(s0) || halfway(s1) || halfway(s2) || halfway(s3) {
			s0, s1, s2, s3 = addFourOdd(x, y, c0, c1, c2, c3)
		}
		c0, c1, c2, c3 = roundFour(s0, s1, s2, s3)
		x = a[l][1]
		s0, s1, s2, s3 = float64(x*y[0])+d0, float64(x*y[1])+d1, float64(x*y[2])+d2, float64(x*y[3])+d3
		if halfway(s0) || halfway(s1) || halfway(s2) || halfway(s3) {
			s0, s1, s2, s3 = addFourOdd(x, y, d0, d1, d2, d3)
		}
		d0, d1, d2, d3 = roundFour(s0, s1, s2, s3)
	}
	c[0] = [4]wide{c0, c1, c2, c3}
	c[1] = [4]wide{d0, d1, d2, d3}
}

// multiplyFine is multiplyBlock for products of any size.
func multiplyFine(c *[2][4]wide, a [][2]wide, b [][4]wide) {
	for l := range a {
		y := &b[l]
		for i, x := range a[l] {
			d := &c[i]
			s0, s1, s2, s3 := float64(x*y[0])+d[0], float64(x*y[1])+d[1], float64(x*y[2])+d[2], float64(x*y[3])+d[3]
			if halfway(s0) || halfway(s1) || halfway(s2) || halfway(s3) ||
				subnormal(s0) || subnormal(s1) || subnormal(s2) || subnormal(s3) {
				s0, s1, s2, s3 = addFourOdd(x, y, d[0], d[1], d[2], d[3])
			}
			d[0], d[1], d[2], d[3] = roundFour(s0, s1, s2, s3)
		}
	}
}

// roundFour rounds four sums to float32.
func roundFour(s0, s1, s2, s3 float64) (c0, c1, c2, c3 float64) {
	return float64(float32(s0)), float64(float32(s1)), float64(float32(s2)), float64(float32(s3))
}

// addFourOdd rounds the four sums of multiplyBlock to odd. It is kept out of the loop that rarely calls it.
//
//go:noinline
func addFourOdd(x float64, y *[4]float64, c0, c1, c2, c3 float64) (s0, s1, s2, s3 float64) {
	return addOdd(x*y[0], c0), addOdd(x*y[1], c1), addOdd(x*y[2], c2), addOdd(x*y[3], c3)
}
