package gemm

import "github.com/gorgonae/gorgonae/internal/f32"

// wide is the type in which the portable kernel keeps its numbers.
type wide = float32

// multiplyBlock adds to the 2 x 4 elements of c the products of a and b, term by term as f32.FMA
// does.
func multiplyBlock(c *[2][4]wide, a [][2]wide, b [][4]wide, _ bool) {
	b = b[:len(a)]
	c0, c1, c2, c3 := c[0][0], c[0][1], c[0][2], c[0][3]
	d0, d1, d2, d3 := c[1][0], c[1][1], c[1][2], c[1][3]
	for l := range a {
		x0, x1, y := a[l][0], a[l][1], &b[l]
		c0, c1, c2, c3 = f32.FMA(x0, y[0], c0), f32.FMA(x0, y[1], c1), f32.FMA(x0, y[2], c2), f32.FMA(x0, y[3], c3)
		d0, d1, d2, d3 = f32.FMA(x1, y[0], d0), f32.FMA(x1, y[1], d1), f32.FMA(x1, y[2], d2), f32.FMA(x1, y[3], d3)
	}
	c[0] = [4]wide{c0, c1, c2, c3}
	c[1] = [4]wide{d0, d1, d2, d3}
}
