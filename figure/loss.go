package figure

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// Loss shows the training loss after each epoch, and the validation loss if there is one. The y axis
// is logarithmic if the values span more than a decade. Values that are not finite, or too large for
// float32, leave a gap, and a note says how many there are.
type Loss struct {
	Title      string
	YLabel     string    // the loss and its unit, such as "mean squared error per pixel"
	Train      []float64 // (epochs), beginning with epoch 1
	Validation []float64 // (epochs); empty if there is none
}

// Draw writes the figure. It returns an error if there is no epoch or no finite value, or if the
// validation loss has more or fewer epochs than the training loss.
func (f Loss) Draw(w io.Writer, format Format) error {
	n := len(f.Train)
	if n == 0 {
		return errors.New("figure: want the loss of at least one epoch, got none")
	}
	if len(f.Validation) > 0 && len(f.Validation) != n {
		return errors.Errorf("figure: want a validation loss for each of %d epochs, got %d", n, len(f.Validation))
	}
	lo, hi, missing := math.Inf(1), math.Inf(-1), 0
	for _, v := range slices.Concat(f.Train, f.Validation) {
		if !drawable(v) {
			missing++
			continue
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if lo > hi {
		return errors.Errorf("figure: want a finite loss to draw, got none in %d epochs", n)
	}

	c := chart{title: f.Title, width: snap(5 * vg.Inch), height: snap(3.2 * vg.Inch), x: epochs(n)}
	if lo >= math.SmallestNonzeroFloat32 && hi/lo > 10 {
		c.y = logarithmic(f.YLabel, lo, hi)
	} else {
		c.y = linear(f.YLabel, lo, hi)
	}
	if missing > 0 {
		c.note = fmt.Sprintf("not shown: %d of %d values, which are not finite", missing, n+len(f.Validation))
	}
	curves := f.curves()
	for _, v := range curves {
		c.aboveWidth += v.keyWidth()
	}
	c.aboveWidth -= keyGap
	c.above = gap + tickSize
	return c.render(w, format, func(p *page, r vg.Rectangle) {
		x := (r.Min.X+r.Max.X)/2 - c.aboveWidth/2
		for _, v := range curves {
			v.key(p, x, r.Max.Y+gap+tickSize/2)
			x += v.keyWidth()
			v.draw(p, r, c)
		}
	})
}

func drawable(v float64) bool { return math.Abs(v) <= math.MaxFloat32 }

// curve is one loss of each epoch, with its entry in the key.
type curve struct {
	name   string
	values []float64
	colour int // of ten
	dashes []vg.Length
}

func (f Loss) curves() []curve {
	cs := []curve{{name: "training", values: f.Train, colour: 0}}
	if len(f.Validation) > 0 {
		cs = append(cs, curve{name: "validation", values: f.Validation, colour: 7, dashes: []vg.Length{4, 2}})
	}
	for i, v := range cs {
		cs[i].name += minus(fmt.Sprintf(" (final %.4g)", v.values[len(v.values)-1]))
	}
	return cs
}

const (
	sample     = 60 * dot // length of the line in the key
	keyGap     = 60 * dot // between entries of the key
	lineWidth  = 4 * dot
	markRadius = 6 * dot
)

func (v curve) keyWidth() vg.Length {
	return sample + gap + widest([]string{v.name}, tickSize) + keyGap
}

// key draws the curve's entry in the key with its left end at (x, y).
func (v curve) key(p *page, x, y vg.Length) {
	v.stroke(p, vg.Point{X: x, Y: y}, vg.Point{X: x + sample, Y: y})
	p.disc(vg.Point{X: x + sample/2, Y: y}, markRadius, ten[v.colour])
	p.text(v.name, x+sample+gap, y-capHeight*tickSize/2, tickSize, toRight, ink)
}

func (v curve) stroke(p *page, points ...vg.Point) {
	p.SetLineDash(v.dashes, 0)
	p.line(lineWidth, ten[v.colour], points...)
	p.SetLineDash(nil, 0)
}

// draw draws a line through each run of finite values. It marks each value if there are so few that
// the marks do not touch. It always marks a run of one value, which has no line.
func (v curve) draw(p *page, r vg.Rectangle, c chart) {
	var run []vg.Point
	for i := 0; i <= len(v.values); i++ {
		if i < len(v.values) && drawable(v.values[i]) {
			at := vg.Point{X: r.Min.X + c.x.at(float64(i+1), c.width), Y: r.Min.Y + c.y.at(v.values[i], c.height)}
			run = append(run, at)
			continue
		}
		if len(run) > 1 {
			v.stroke(p, run...)
		}
		if len(run) == 1 || len(v.values) <= 40 {
			for _, at := range run {
				p.disc(at, markRadius, ten[v.colour])
			}
		}
		run = nil
	}
}
