package figure

import (
	"io"
	"math"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// RateDistortion shows what codecs lose over the bits that they take: the peak signal-to-noise ratio
// upward, with the squared error on the right, and the bits to the right. The axis of the bits is
// logarithmic if they span more than a decade.
type RateDistortion struct {
	Title, Note string
	XLabel      string      // the bits and their unit, such as "bits an image"
	Numbers     int         // of an image: the PSNR is 10 log10(Numbers / squared error)
	Least, Most float64     // the squared errors that are shown; 0: all. Curves are cut there, and those beyond are left out
	Curves      []RateCurve // the first is drawn over the others
}

// RateCurve is one codec, a point for each of its settings. If the squared error of its first point
// is 0, the codec is lossless: a dashed line shows the bits of this point.
type RateCurve struct {
	Name          string
	Bits          []float64 // (points), above 0
	SquaredErrors []float64 // (points), of an image, summed over its numbers in [0, 1]
	Colour        int       // curves with the same number have the same colour, from 0
	Dashed        bool

	ends map[int]bool // the points where the curve is cut
}

func (c RateCurve) lossless() bool { return c.SquaredErrors[0] == 0 }

// Draw writes the figure. It returns an error if there is no curve, if a curve has no point, if
// bits, errors or Numbers are not finite and above 0, or if all curves are lossless.
func (f RateDistortion) Draw(w io.Writer, format Format) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.Curves = f.visible(); len(f.Curves) == 0 {
		return errors.Errorf("figure: want a curve with squared errors from %v to %v, got none", f.Least, f.Most)
	}
	c, right := f.chart()
	key := f.key()
	c.right = right.width() + 2*gap + key.width()
	return c.render(w, format, func(p *page, r vg.Rectangle) {
		for i := len(f.Curves) - 1; i >= 0; i-- {
			f.Curves[i].draw(p, r, c, f)
		}
		right.draw(p, r)
		key.draw(p, r.Max.X+right.width()+2*gap, r.Max.Y)
	})
}

func (f RateDistortion) check() error {
	if len(f.Curves) == 0 || f.Numbers < 1 {
		return errors.Errorf("figure: want one or more curves, and images of one number or more, got %d and %d", len(f.Curves), f.Numbers)
	}
	lossy := false
	for _, c := range f.Curves {
		if len(c.Bits) == 0 || len(c.Bits) != len(c.SquaredErrors) || c.Colour < 0 {
			return errors.Errorf("figure: want a squared error for each of one or more bits, and a colour of 0 or more, in curve %q, got %d, %d and %d",
				c.Name, len(c.SquaredErrors), len(c.Bits), c.Colour)
		}
		lossy = lossy || !c.lossless()
		for i, b := range c.Bits {
			if e := c.SquaredErrors[i]; !(b > 0 && e >= 0) || !drawable(b) || !drawable(e) || e == 0 && !c.lossless() {
				return errors.Errorf("figure: want finite bits and squared errors above 0 in curve %q, got %v and %v in point %d", c.Name, b, e, i)
			}
		}
	}
	if !lossy {
		return errors.New("figure: want a curve that is not lossless, got none")
	}
	return nil
}

// visible returns the curves that are shown, cut where they leave the range of errors.
func (f RateDistortion) visible() []RateCurve {
	most := f.Most
	if most == 0 {
		most = math.Inf(1)
	}
	var curves []RateCurve
	lossy := false
	for _, c := range f.Curves {
		if !c.lossless() {
			c = c.cut(f.Least, most)
		}
		if len(c.Bits) > 0 {
			curves, lossy = append(curves, c), lossy || !c.lossless()
		}
	}
	if !lossy {
		return nil
	}
	return curves
}

// cut returns the part of a curve with errors from least to most. Between two points, the logarithm of
// the bits is linear in that of the error.
func (c RateCurve) cut(least, most float64) RateCurve {
	k := c
	k.Bits, k.SquaredErrors, k.ends = nil, nil, map[int]bool{}
	for i, e := range c.SquaredErrors {
		if i > 0 {
			before := c.SquaredErrors[i-1]
			edges := [2]float64{most, least}
			if before < e {
				edges = [2]float64{least, most}
			}
			for _, edge := range edges {
				if min(before, e) < edge && edge < max(before, e) {
					t := math.Log(edge/before) / math.Log(e/before)
					k.ends[len(k.Bits)] = true
					k.Bits = append(k.Bits, math.Pow(c.Bits[i-1], 1-t)*math.Pow(c.Bits[i], t))
					k.SquaredErrors = append(k.SquaredErrors, edge)
				}
			}
		}
		if least <= e && e <= most {
			k.Bits, k.SquaredErrors = append(k.Bits, c.Bits[i]), append(k.SquaredErrors, e)
		}
	}
	return k
}

// psnr returns the decibels of a squared error.
func (f RateDistortion) psnr(squared float64) float64 {
	return 10 * math.Log10(float64(f.Numbers)/squared)
}

// chart returns the chart with its axes, and the axis of the squared error on the right.
func (f RateDistortion) chart() (chart, rightAxis) {
	least, most, worst, best := math.Inf(1), 0.0, 0.0, math.Inf(1)
	for _, c := range f.Curves {
		for i, b := range c.Bits {
			least, most = min(least, b), max(most, b)
			if e := c.SquaredErrors[i]; e > 0 {
				worst, best = max(worst, e), min(best, e)
			}
		}
	}
	height := max(3.6*vg.Inch, vg.Length(len(f.Curves))*keyPitch)
	c := chart{title: f.Title, note: f.Note, width: snap(4.6 * vg.Inch), height: snap(height)}
	c.x = linear(f.XLabel, least, most)
	if most/least > 10 {
		c.x = logarithmic(f.XLabel, least, most)
	}
	c.y = linear("PSNR, dB", f.psnr(worst), f.psnr(best))
	right := rightAxis{label: "squared error an image"}
	for _, t := range logarithmic("", best, max(worst, best*1.0001)).ticks {
		if y := c.y.at(f.psnr(t.value), c.height); y >= 0 && y <= c.height {
			right.marks, right.places = append(right.marks, t), append(right.places, y)
		}
	}
	if worst < 10*best { // up to a decade more ticks get a label
		right.fill()
	}
	return c, right
}

// draw draws lines between the points and marks them.
func (v RateCurve) draw(p *page, r vg.Rectangle, c chart, f RateDistortion) {
	x := func(i int) vg.Length { return r.Min.X + c.x.at(v.Bits[i], c.width) }
	if v.lossless() {
		v.stroke(p, vg.Point{X: x(0), Y: r.Min.Y}, vg.Point{X: x(0), Y: r.Max.Y})
		return
	}
	var points []vg.Point
	for i, e := range v.SquaredErrors {
		points = append(points, vg.Point{X: x(i), Y: r.Min.Y + c.y.at(f.psnr(e), c.height)})
	}
	if len(points) > 1 {
		v.stroke(p, points...)
	}
	for i, at := range points {
		if !v.ends[i] {
			p.disc(at, markRadius, curveColour(v.Colour))
		}
	}
}

func (v RateCurve) stroke(p *page, points ...vg.Point) {
	switch {
	case v.lossless():
		p.SetLineDash([]vg.Length{1, 2}, 0)
	case v.Dashed:
		p.SetLineDash([]vg.Length{4, 2}, 0)
	}
	p.line(lineWidth, curveColour(v.Colour), points...)
	p.SetLineDash(nil, 0)
}

const keyPitch = 1.6 * tickSize // from one name of the key to the next

// rateKey names the curves, one below the other.
type rateKey []RateCurve

func (f RateDistortion) key() rateKey {
	k := make(rateKey, len(f.Curves))
	for i, c := range f.Curves {
		if c.Name = shorten(c.Name, 40); c.lossless() && !strings.Contains(c.Name, "lossless") {
			c.Name += ", lossless"
		}
		k[i] = c
	}
	return k
}

func (k rateKey) width() vg.Length {
	var names []string
	for _, c := range k {
		names = append(names, c.Name)
	}
	return sample + gap + widest(names, tickSize)
}

// draw draws the key with its upper left corner at (x, top).
func (k rateKey) draw(p *page, x, top vg.Length) {
	for i, c := range k {
		y := snap(top - tickSize/2 - vg.Length(i)*keyPitch)
		c.stroke(p, vg.Point{X: x, Y: y}, vg.Point{X: x + sample, Y: y})
		if !c.lossless() {
			p.disc(vg.Point{X: x + sample/2, Y: y}, markRadius, curveColour(c.Colour))
		}
		p.text(c.Name, x+sample+gap, y-capHeight*tickSize/2, tickSize, toRight, ink)
	}
}

// rightAxis is a second vertical axis, on the right of the data.
type rightAxis struct {
	label  string
	marks  []tick
	places []vg.Length // of the marks, above the lower edge of the data
}

// fill gives labels to marks that have none, where there is room.
func (a *rightAxis) fill() {
	for i, t := range a.marks {
		free := t.label == ""
		for k, other := range a.marks {
			away := max(a.places[k]-a.places[i], a.places[i]-a.places[k])
			free = free && (other.label == "" || away > 1.4*tickSize)
		}
		if free {
			a.marks[i].label = number(t.value, t.value)
		}
	}
}

func (a rightAxis) width() vg.Length {
	return tickLength + gap + widestLabel(a.marks) + gap + leading*labelSize
}

func (a rightAxis) draw(p *page, r vg.Rectangle) {
	for i, t := range a.marks {
		y, length := snap(r.Min.Y+a.places[i]), tickLength
		if t.label == "" {
			length /= 2
		}
		p.line(hairline, ink, vg.Point{X: r.Max.X, Y: y}, vg.Point{X: r.Max.X + length, Y: y})
		p.text(t.label, r.Max.X+tickLength+gap/2, y-capHeight*tickSize/2, tickSize, toRight, ink)
	}
	p.upward(a.label, r.Max.X+a.width()-0.2*labelSize, (r.Min.Y+r.Max.Y)/2, labelSize)
}
