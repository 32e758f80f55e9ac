package f32

// fma32 returns x*y + z rounded once, to float32. The Go compiler makes a fused multiply-add of it; TestFMA proves that.
func fma32(x, y, z float32) float32 { return x*y + z }

// wide is the type in which the portable matrix product keeps its numbers.
type wide = float32

// multiplyBlock adds to the 2 x 4 elements of c the products of a and b, term by term as fma32 does.
func multiplyBlock(c *[2][4]wide, a [][2]wide, b [][4]wide, _ bool) {
	b = b[:len(a)]
	c0, c1, c2, c3 := c[0][0], c[0][1], c[0][2], c[0][3]
	d0, d1, d2, d3 := c[1][0], c[1][1], c[1][2], c[1][3]
	for l := range a {
		x0, x1, y := a[l][0], a[l][1], &b[l]
		c0, c1, c2, c3 = fma32(x0, y[0], c0), fma32(x0, y[1], c1), fma32(x0, y[2], c2), fma32(x0, y[3], c3)
		d0, d1, d2, d3 = fma32(x1, y[0], d0), fma32(x1, y[1], d1), fma32(x1, y[2], d2), fma32(x1, y[3], d3)
	}
	c[0] = [4]wide{c0, c1, c2, c3}
	c[1] = [4]wide{d0, d1, d2, d3}
}
