package handwriting

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Lengths in an image, in pixels.
const (
	side = 28  // height and width of the image
	box  = 20  // longer side of the digit
	edge = 1.4 // width of the grey ramp across the edge of a stroke
)

// grain is the roughness of edges: the standard deviation of the noise on the grey ramp.
const grain = 0.08

// fit scales and moves paths so that the ink fills a square of box pixels in the middle of the
// image. It does not scale the pen, which has its size in pixels already.
func fit(paths [][]point) [][]point {
	lo := point{x: math.Inf(1), y: math.Inf(1)}
	hi := point{x: math.Inf(-1), y: math.Inf(-1)}
	pen, n := 0., 0
	for _, path := range paths {
		for _, p := range path {
			lo.x, hi.x = min(lo.x, p.x), max(hi.x, p.x)
			lo.y, hi.y = min(lo.y, p.y), max(hi.y, p.y)
			pen += p.pen
		}
		n += len(path)
	}
	scale := (box - edge - float64(2*pen)/float64(n)) / max(hi.x-lo.x, hi.y-lo.y)
	midX, midY := (lo.x+hi.x)/2, (lo.y+hi.y)/2
	for _, path := range paths {
		for i, p := range path {
			path[i].x = side/2 + mul(scale, p.x-midX)
			path[i].y = side/2 + mul(scale, p.y-midY)
		}
	}
	return paths
}

// A canvas holds, for each pixel, the distance from its centre to the nearest edge of the ink:
// positive inside the ink, negative outside. It is row-major.
type canvas [side * side]float64

// line draws a straight line with a round pen. The pen's radius changes linearly from a to b.
func (c *canvas) line(a, b point) {
	reach := max(a.pen, b.pen) + edge/2
	left, right := span(min(a.x, b.x)-reach, max(a.x, b.x)+reach)
	top, bottom := span(min(a.y, b.y)-reach, max(a.y, b.y)+reach)
	dx, dy := b.x-a.x, b.y-a.y
	square := mul(dx, dx) + mul(dy, dy)
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			px, py := float64(x)+0.5-a.x, float64(y)+0.5-a.y
			t := 0. // the nearest point of the line to the pixel: 0 is a, 1 is b
			if square > 0 {
				t = min(max((mul(px, dx)+mul(py, dy))/square, 0), 1)
			}
			px, py = px-mul(t, dx), py-mul(t, dy)
			inside := a.pen + mul(t, b.pen-a.pen) - math.Sqrt(mul(px, px)+mul(py, py))
			c[y*side+x] = max(c[y*side+x], inside)
		}
	}
}

// span returns the first pixel of a row or column that [lo, hi] touches, and the pixel after the
// last.
func span(lo, hi float64) (first, end int) { return max(int(lo), 0), min(int(hi)+1, side) }

// render draws fitted paths into an empty image. It moves them by whole pixels, so that the centre
// of mass lies in pixel (side/2, side/2).
func render(image []byte, paths [][]point, r *random.Source) {
	var c canvas
	for i := range c {
		c[i] = -edge
	}
	for _, path := range paths {
		for i := 1; i < len(path); i++ {
			c.line(path[i-1], path[i])
		}
	}
	var grey [side * side]byte
	mass, massX, massY := 0, 0, 0
	for i, inside := range c {
		ink := inside/edge + 0.5
		if ink > 0 && ink < 1 {
			ink += mul(grain, normal(r))
		}
		g := int(mul(255, smoothstep(min(max(ink, 0), 1))) + 0.5)
		grey[i] = byte(g)
		mass, massX, massY = mass+g, massX+g*(i%side), massY+g*(i/side)
	}
	dx := side/2 - (massX+mass/2)/mass
	dy := side/2 - (massY+mass/2)/mass
	for y := max(0, -dy); y < side-max(0, dy); y++ {
		for x := max(0, -dx); x < side-max(0, dx); x++ {
			image[(y+dy)*side+x+dx] = grey[y*side+x]
		}
	}
}
