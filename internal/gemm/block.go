//go:build !arm64

package gemm

import "github.com/gorgonae/gorgonae/internal/f32"

// wide is the type in which the portable kernel keeps its numbers. The product of two float32 is
// exact in float64.
type wide = float64

// multiplyBlock adds to the 2 x 4 elements of c, which hold float32, the products of a and b, term
// by term as f32.FMA does. With coarse, all products are multiples of the smallest subnormal. Then
// so are all sums. The sums that are subnormal in float32 are exact, and only the halfway cases
// remain to be looked for. The loop tests four sums at once, because it needs few registers that
// way.
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
		if f32.Halfway(s0) || f32.Halfway(s1) || f32.Halfway(s2) || f32.Halfway(s3) {
			s0, s1, s2, s3 = addFourOdd(x, y, c0, c1, c2, c3)
		}
		c0, c1, c2, c3 = roundFour(s0, s1, s2, s3)
		x = a[l][1]
		s0, s1, s2, s3 = float64(x*y[0])+d0, float64(x*y[1])+d1, float64(x*y[2])+d2, float64(x*y[3])+d3
		if f32.Halfway(s0) || f32.Halfway(s1) || f32.Halfway(s2) || f32.Halfway(s3) {
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
			if f32.Halfway(s0) || f32.Halfway(s1) || f32.Halfway(s2) || f32.Halfway(s3) ||
				f32.Subnormal(s0) || f32.Subnormal(s1) || f32.Subnormal(s2) || f32.Subnormal(s3) {
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

// addFourOdd rounds the four sums of multiplyBlock to odd. It is not inlined, because the loop
// rarely calls it.
//
//go:noinline
func addFourOdd(x float64, y *[4]float64, c0, c1, c2, c3 float64) (s0, s1, s2, s3 float64) {
	return f32.AddOdd(x*y[0], c0), f32.AddOdd(x*y[1], c1), f32.AddOdd(x*y[2], c2), f32.AddOdd(x*y[3], c3)
}
