package figure

import (
	"io"
	"math"

	"gonum.org/v1/plot/vg"
)

const (
	margin     = 20 * dot // around everything
	gap        = 8 * dot  // between neighbours
	tickLength = 9 * dot
	hairline   = 2 * dot
)

// chart is a rectangle of data and its surroundings: title and note above, ticks and labels below and
// to the left, and room for a key. The rectangle has a fixed size. The page grows around it, so that
// nothing is cut off.
type chart struct {
	title, note   string
	width, height vg.Length // of the data
	x, y          axis
	bare          bool      // neither outline nor tick marks
	above, right  vg.Length // room for a key, in addition to the usual gap
	aboveWidth    vg.Length // the width of the key above; it is centred
}

// layout is a chart broken into lines and placed on its page.
type layout struct {
	width, height               vg.Length // of the page
	data                        vg.Rectangle
	title, note, xLabel, yLabel []string
}

func (c chart) layout() layout {
	l := layout{
		title:  wrap(c.title, titleSize, max(c.width, 3*vg.Inch)),
		note:   wrap(c.note, noteSize, max(c.width, 3*vg.Inch)),
		xLabel: wrap(c.x.label, labelSize, max(c.width, vg.Inch)),
		yLabel: wrap(c.y.label, labelSize, max(c.height, vg.Inch)),
	}
	left := c.yTicksWidth() + block(l.yLabel, labelSize)
	below := c.xTicksHeight() + block(l.xLabel, labelSize)
	above := c.above + gap + block(l.note, noteSize) + block(l.title, titleSize)
	right := c.right

	// Texts are centred on the data. A text that is larger needs the same room on both sides.
	across := max(widest(l.title, titleSize), widest(l.note, noteSize), widest(l.xLabel, labelSize), c.aboveWidth)
	out := max(0, (across-c.width)/2)
	up := max(0, (widest(l.yLabel, labelSize)-c.height)/2)
	first, last := c.x.overhang(c.width)
	left, right = max(left, out, first), max(right, out, last)
	below, above = max(below, up), max(above, up)

	l.data.Min = vg.Point{X: snap(margin + left), Y: snap(margin + below)}
	l.data.Max = vg.Point{X: l.data.Min.X + snap(c.width), Y: l.data.Min.Y + snap(c.height)}
	l.width, l.height = l.data.Max.X+right+margin, l.data.Max.Y+above+margin
	return l
}

// block returns the height of lines of text.
func block(lines []string, size vg.Length) vg.Length {
	if len(lines) == 0 {
		return 0
	}
	return vg.Length(len(lines))*leading*size + gap/2
}

func (c chart) yTicksWidth() vg.Length {
	if len(c.y.ticks) == 0 {
		return 0
	}
	w := gap + widestLabel(c.y.ticks)
	if !c.bare {
		w += tickLength
	}
	return w
}

func (c chart) xTicksHeight() vg.Length {
	if len(c.x.ticks) == 0 {
		return 0
	}
	return tickLength + gap + tickSize
}

// render draws the chart: first the data with paint, then the outline over them and the text around
// them.
func (c chart) render(w io.Writer, format Format, paint func(*page, vg.Rectangle)) error {
	l := c.layout()
	return render(w, format, l.width, l.height, func(p *page) {
		paint(p, l.data)
		if !c.bare {
			p.outline(l.data, hairline, ink)
		}
		c.drawX(p, l)
		c.drawY(p, l)
		centre := (l.data.Min.X + l.data.Max.X) / 2
		y := l.data.Max.Y + c.above + gap + block(l.note, noteSize) + block(l.title, titleSize)
		for _, s := range l.title {
			p.text(s, centre, y-titleSize, titleSize, centred, ink)
			y -= leading * titleSize
		}
		y = l.data.Max.Y + c.above + gap + block(l.note, noteSize)
		for _, s := range l.note {
			p.text(s, centre, y-noteSize, noteSize, centred, soft)
			y -= leading * noteSize
		}
	})
}

func (c chart) drawX(p *page, l layout) {
	y := l.data.Min.Y
	for _, t := range c.x.ticks {
		x := snap(l.data.Min.X + c.x.at(t.value, c.width))
		length := tickLength
		if t.label == "" {
			length /= 2
		}
		if !c.bare {
			p.line(hairline, ink, vg.Point{X: x, Y: y}, vg.Point{X: x, Y: y - length})
		}
		p.text(t.label, x, y-tickLength-gap/2-capHeight*tickSize, tickSize, centred, ink)
	}
	y -= c.xTicksHeight()
	for _, s := range l.xLabel {
		p.text(s, (l.data.Min.X+l.data.Max.X)/2, y-gap/2-labelSize, labelSize, centred, ink)
		y -= leading * labelSize
	}
}

func (c chart) drawY(p *page, l layout) {
	x := l.data.Min.X
	for _, t := range c.y.ticks {
		y := snap(l.data.Min.Y + c.y.at(t.value, c.height))
		length := tickLength
		if t.label == "" {
			length /= 2
		}
		text := x - gap
		if !c.bare {
			p.line(hairline, ink, vg.Point{X: x, Y: y}, vg.Point{X: x - length, Y: y})
			text -= tickLength - gap/2
		}
		p.text(t.label, text, y-capHeight*tickSize/2, tickSize, toLeft, ink)
	}
	x -= c.yTicksWidth() + block(l.yLabel, labelSize) - 0.8*labelSize
	for _, s := range l.yLabel {
		p.upward(s, x, (l.data.Min.Y+l.data.Max.Y)/2, labelSize)
		x += leading * labelSize
	}
}

// axis maps values to a side of the data rectangle.
type axis struct {
	label  string
	lo, hi float64
	log    bool
	ticks  []tick
}

// at returns the distance of v from the low end of a side of the given length.
func (a axis) at(v float64, length vg.Length) vg.Length {
	lo, hi := a.lo, a.hi
	if a.log {
		v, lo, hi = math.Log10(v), math.Log10(lo), math.Log10(hi)
	}
	return vg.Length((v-lo)/(hi-lo)) * length
}

// overhang returns how far the labels of a horizontal axis reach beyond its ends.
func (a axis) overhang(length vg.Length) (first, last vg.Length) {
	for _, t := range a.ticks {
		at, half := a.at(t.value, length), widest([]string{t.label}, tickSize)/2
		first, last = max(first, half-at), max(last, at+half-length)
	}
	return first, last
}

// room drops labels of a horizontal axis until the remaining ones do not touch.
func (a axis) room(length vg.Length) axis {
	if len(a.ticks) > 1 {
		pitch := a.at(a.ticks[1].value, length) - a.at(a.ticks[0].value, length)
		a.ticks = thin(a.ticks, widestLabel(a.ticks)+gap, pitch)
	}
	return a
}
