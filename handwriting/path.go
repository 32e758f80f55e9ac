package handwriting

// A point of a pen's path: x to the right and y down, in digit heights while it is written and in pixels once it is
// fitted to the image. The pen's radius there is relative to the mean radius at first and then in pixels.
type point struct{ x, y, pen float64 }

// A knot is a point through which a spline goes, and whether it has a corner there.
type knot struct {
	point
	corner bool
}

// mul is a product that the compiler may not fuse with an addition, as it else does on some processors and not on
// others. All products of the drawing go through it, but for powers of two, which are exact.
func mul(a, b float64) float64 { return float64(a * b) }

// spline returns a path through the knots: cubic Hermite curves, whose tangent at a knot is tension times the way from
// the knot before to the knot after (a tension of 0.5 makes it Catmull and Rom's spline), and zero at a corner.
func spline(knots []knot, tension float64) []point {
	const steps = 8 // for each curve
	tangent := func(i int) (x, y float64) {
		if knots[i].corner {
			return 0, 0
		}
		a, b := knots[max(i-1, 0)], knots[min(i+1, len(knots)-1)]
		return mul(tension, b.x-a.x), mul(tension, b.y-a.y)
	}
	path := make([]point, 1, 1+steps*(len(knots)-1))
	path[0] = knots[0].point
	for i := 1; i < len(knots); i++ {
		a, b := knots[i-1], knots[i]
		ax, ay := tangent(i - 1)
		bx, by := tangent(i)
		for k := 1; k <= steps; k++ {
			t := float64(k) / steps
			s := 1 - t
			way := smoothstep(t)
			leave, arrive := mul(t, mul(s, s)), -mul(s, mul(t, t))
			path = append(path, point{
				x:   a.x + mul(way, b.x-a.x) + mul(leave, ax) + mul(arrive, bx),
				y:   a.y + mul(way, b.y-a.y) + mul(leave, ay) + mul(arrive, by),
				pen: a.pen + mul(way, b.pen-a.pen),
			})
		}
	}
	return path
}

// smoothstep is the polynomial 3t^2 - 2t^3: from 0 to 1, level at both ends.
func smoothstep(t float64) float64 { return mul(mul(t, t), 3-float64(2*t)) }

// smooth moves each inner point of a path towards the middle of its neighbours, a number of times: a pen in haste cuts
// corners.
func smooth(path []point, times int) []point {
	for range times {
		before := path[0]
		for i := 1; i < len(path)-1; i++ {
			here := path[i]
			path[i].x = here.x/2 + (before.x+path[i+1].x)/4
			path[i].y = here.y/2 + (before.y+path[i+1].y)/4
			before = here
		}
	}
	return path
}
