package handwriting

import "github.com/gorgonae/gorgonae/internal/random"

// A hand says how a digit is stretched, slanted, rotated and bent. Each writer has one, and each
// digit that the writer writes differs from it a little.
type hand struct {
	slant  float64    // shift to the right, for each unit of height above the base line
	aspect float64    // factor of the width
	roll   float64    // tangent of half the angle by which the digit is rotated
	pen    float64    // the pen's mean radius, in pixels
	bend   [6]float64 // coefficients of polynomials; see bent
}

// spread holds the standard deviations of the numbers of a hand. Those of the factors aspect and
// pen are of their logarithms.
type spread struct{ slant, aspect, roll, pen, bend float64 }

// A writer has habits, and two forms of each digit: a usual one and an unusual one.
type writer struct {
	hand
	forms   [10][2][][]knot // the strokes of each form, before the hand changes them
	tension float64         // of the splines: a low tension gives angular strokes
	haste   int             // how often the paths are smoothed
	wobble  float64         // standard deviation of a knot from its intended place, in digit heights
}

// normal draws a number with mean 0 and variance 1 that is about normally distributed: the sum of
// three uniform numbers. An exact normal distribution would need a logarithm or a cosine, and the
// last bits of those differ between processors.
func normal(r *random.Source) float64 { return float64((r.Float64()+r.Float64()+r.Float64())*2) - 3 }

// factor draws a factor whose logarithm is about normally distributed: c is as likely as 1/c.
func factor(r *random.Source, deviation float64) float64 {
	x := mul(deviation/2, normal(r))
	return (1 + x) / (1 - x)
}

// near draws a hand that deviates from h at random.
func (h hand) near(r *random.Source, s spread) hand {
	h.slant += mul(s.slant, normal(r))
	h.aspect = mul(h.aspect, factor(r, s.aspect))
	h.roll += mul(s.roll, normal(r))
	h.pen = mul(h.pen, factor(r, s.pen))
	for i := range h.bend {
		h.bend[i] += mul(s.bend, normal(r))
	}
	return h
}

// newWriter draws a writer, who picks the forms of each digit from the ways to write it.
func newWriter(r *random.Source, ways *[10][]skeleton) *writer {
	mean := hand{slant: 0.13, aspect: 1.13, pen: 1.3}
	w := &writer{
		hand:    mean.near(r, spread{slant: 0.2, aspect: 0.18, roll: 0.04, pen: 0.26, bend: 0.06}),
		tension: 0.46 + mul(0.14, r.Float64()),
		haste:   2 + int(r.Uint64n(10)),
		wobble:  0.014 + mul(0.02, r.Float64()),
	}
	for digit := range w.forms {
		for i := range w.forms[digit] {
			w.forms[digit][i] = newForm(r, pick(r, ways[digit]))
		}
	}
	return w
}

// pick draws a skeleton. Its probability is proportional to its share.
func pick(r *random.Source, ways []skeleton) skeleton {
	total := 0
	for _, s := range ways {
		total += s.share
	}
	n := int(r.Uint64n(uint64(total)))
	i := 0
	for ; n >= ways[i].share; i++ {
		n -= ways[i].share
	}
	return ways[i]
}

// newForm moves the nodes of a skeleton at random: one writer always has them at the new places.
func newForm(r *random.Source, s skeleton) [][]knot {
	const habit = 0.029 // standard deviation, in digit heights
	form := make([][]knot, len(s.strokes))
	for i, stroke := range s.strokes {
		form[i] = make([]knot, len(stroke))
		for k, n := range stroke {
			form[i][k] = knot{
				point: point{
					x:   float64(n[0])/100 + mul(habit, normal(r)),
					y:   float64(n[1])/100 + mul(habit, normal(r)),
					pen: 1,
				},
				corner: n[2] == corner,
			}
		}
	}
	return form
}

// write returns the paths of the pen for a digit. They differ each time.
func (w *writer) write(r *random.Source, digit int) [][]point {
	h := w.near(r, spread{slant: 0.08, aspect: 0.08, roll: 0.03, pen: 0.12, bend: 0.035})
	form := w.forms[digit][0]
	if r.Uint64n(6) == 0 {
		form = w.forms[digit][1]
	}
	paths := make([][]point, len(form))
	for i, stroke := range form {
		knots := make([]knot, len(stroke))
		for k, meant := range stroke {
			knots[k] = knot{
				point: h.bent(point{
					x:   meant.x + mul(w.wobble, normal(r)),
					y:   meant.y + mul(w.wobble, normal(r)),
					pen: factor(r, 0.12), // pressure
				}),
				corner: meant.corner,
			}
		}
		paths[i] = h.posed(smooth(spline(knots, w.tension), w.haste))
	}
	return paths
}

// bent moves a point by the hand's elastic bends, which are polynomials of its place. They bow the
// digit, and make its upper or its right part larger than the rest.
func (h *hand) bent(p point) point {
	u, v := float64((p.x-0.33)*2), float64((p.y-0.5)*2) // about -1 to 1
	uv, vv := mul(u, v), mul(v, v)
	p.x += mul(h.bend[0], vv) + mul(h.bend[1], uv) + mul(h.bend[2], mul(v, vv-0.6))
	p.y += mul(h.bend[3], mul(u, u)) + mul(h.bend[4], uv) + mul(h.bend[5], vv)
	return p
}

// posed stretches, slants and rotates a path, and gives the pen its size in pixels.
func (h *hand) posed(path []point) []point {
	// Cosine and sine come from the tangent of half the angle, so that no sine is computed.
	tt := mul(h.roll, h.roll)
	cos, sin := (1-tt)/(1+tt), float64(2*h.roll)/(1+tt)
	for i, p := range path {
		x := mul(h.aspect, p.x) - mul(h.slant, p.y)
		path[i] = point{
			x:   mul(cos, x) + mul(sin, p.y),
			y:   mul(cos, p.y) - mul(sin, x),
			pen: mul(h.pen, p.pen),
		}
	}
	return path
}
