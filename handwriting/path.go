package handwriting

// A point of a pen's path: x points to the right, y points down, and pen is the pen's radius there.
// First x and y are in digit heights, and pen is a factor of the writer's mean radius. posed makes
// pen a length in pixels; fit makes x and y pixels of the image.
type point struct{ x, y, pen float64 }

// A knot is a point that a spline passes through. The spline may have a corner there.
type knot struct {
	point
	corner bool
}

// mul is a product that the compiler must not fuse with an addition. It does that on some
// processors only, and the results differ in their last bits. All products of the drawing use mul,
// except products with powers of two: these are exact.
func mul(a, b float64) float64 { return float64(a * b) }

// spline returns a path through the knots, made of cubic Hermite curves. The tangent at a knot is
// tension times the vector from the knot before to the knot after: a tension of 0.5 gives Catmull
// and Rom's spline. At a corner the tangent is zero.
func spline(knots []knot, tension float64) []point {
	const steps = 8 // points for each curve
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

// smoothstep is the polynomial 3t^2 - 2t^3. It goes from 0 to 1, and its derivative is 0 at both
// ends.
func smoothstep(t float64) float64 { return mul(mul(t, t), 3-float64(2*t)) }

// smooth moves each inner point of a path towards the middle of its neighbours, and repeats that
// some times: a pen in haste cuts corners.
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
