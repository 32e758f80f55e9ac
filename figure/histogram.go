package figure

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// Histogram shows how often values of images occur, such as their bits: all values together, and
// below them those of each label. A line marks the mean of each.
type Histogram struct {
	Title, XLabel string
	Values        []float64 // (n), finite
	Labels        []int     // (n); empty if there are none
	Names         []string  // of the labels; empty if they are just numbers
}

// maxBands is how many labels have room.
const maxBands = 30

// Draw writes the figure. It returns an error if there is no value, if a value is not finite, or if
// the labels do not fit. Only the 30 labels with the greatest means are shown, and a note says so.
func (f Histogram) Draw(w io.Writer, format Format) error {
	if err := f.check(); err != nil {
		return err
	}
	bands, note := f.bands()
	height := max(0.26*vg.Inch, min(0.7*vg.Inch, 5*vg.Inch/vg.Length(len(bands))))
	c := chart{title: f.Title, note: note, width: snap(4.6 * vg.Inch), height: snap(height * vg.Length(len(bands))),
		x: linear(f.XLabel, slices.Min(f.Values), slices.Max(f.Values)), y: axis{hi: float64(len(bands))}}
	c.x = c.x.room(c.width)
	var means []string
	for i, b := range bands {
		c.y.ticks = append(c.y.ticks, tick{float64(len(bands)-i) - 0.5, b.name})
		means = append(means, b.text())
	}
	c.right = 2*gap + widest(means, tickSize)
	return c.render(w, format, func(p *page, r vg.Rectangle) {
		pitch := (r.Max.Y - r.Min.Y) / vg.Length(len(bands))
		for i, b := range bands {
			bottom := snap(r.Max.Y - vg.Length(i+1)*pitch)
			b.draw(p, r, c, bottom, 0.88*pitch)
			p.text(means[i], r.Max.X+2*gap, bottom+pitch/2-capHeight*tickSize/2, tickSize, toRight, ink)
		}
	})
}

func (f Histogram) check() error {
	if len(f.Values) == 0 || len(f.Labels) > 0 && len(f.Labels) != len(f.Values) {
		return errors.Errorf("figure: want one or more values, and a label for each or none at all, got %d and %d", len(f.Values), len(f.Labels))
	}
	for i, v := range f.Values {
		if !drawable(v) {
			return errors.Errorf("figure: want finite values, got %v as value %d", v, i)
		}
	}
	return checkLabels(f.Labels, f.Names, "value")
}

// band is one histogram.
type band struct {
	name   string
	label  int // -1 for all values
	labels int // the number of labels, used or not
	values []float64
	mean   float64
}

func (b band) text() string { return fmt.Sprintf("mean %.1f of %d", b.mean, len(b.values)) }

// bands returns the histograms from the top, and a note if labels are missing.
func (f Histogram) bands() ([]band, string) {
	all := []band{{name: "all", label: -1, values: f.Values}}
	by := map[int][]float64{}
	for i, v := range f.Values {
		if len(f.Labels) > 0 {
			by[f.Labels[i]] = append(by[f.Labels[i]], v)
		}
	}
	last := 0
	for label, values := range by {
		name := strconv.Itoa(label)
		if len(f.Names) > 0 {
			name = shorten(f.Names[label], 20)
		}
		all, last = append(all, band{name: name, label: label, values: values}), max(last, label)
	}
	for i, b := range all {
		sum := 0.0
		for _, v := range b.values {
			sum += v
		}
		all[i].mean, all[i].labels = sum/float64(len(b.values)), last+1
	}
	note := ""
	if n := len(all) - 1; n > maxBands {
		slices.SortFunc(all[1:], func(a, b band) int {
			return cmp.Or(cmp.Compare(b.mean, a.mean), cmp.Compare(a.label, b.label))
		})
		all, note = all[:maxBands+1], fmt.Sprintf("%d of %d labels: those with the greatest means", maxBands, n)
	}
	slices.SortFunc(all, func(a, b band) int { return a.label - b.label })
	return all, note
}

// bins is the number of bars across the axis.
const bins = 92

// draw draws the bars of a histogram, at most height high, and its mean.
func (b band) draw(p *page, r vg.Rectangle, c chart, bottom, height vg.Length) {
	counts := [bins]int{}
	for _, v := range b.values {
		counts[min(int(bins*float64(c.x.at(v, 1))), bins-1)]++
	}
	most := slices.Max(counts[:])
	edge := func(i int) vg.Length { return snap(r.Min.X + c.width*vg.Length(i)/bins) }
	colour := soft
	if b.label >= 0 {
		colour = labelColour(b.label, b.labels)
	}
	for i, n := range counts {
		if n > 0 {
			top := max(dot, snap(height*vg.Length(n)/vg.Length(most)))
			p.fill(vg.Rectangle{Min: vg.Point{X: edge(i), Y: bottom}, Max: vg.Point{X: edge(i + 1), Y: bottom + top}}, colour)
		}
	}
	p.line(dot, soft, vg.Point{X: r.Min.X, Y: bottom}, vg.Point{X: r.Max.X, Y: bottom})
	x := snap(r.Min.X + c.x.at(b.mean, c.width))
	p.line(2*dot, ink, vg.Point{X: x, Y: bottom}, vg.Point{X: x, Y: bottom + height})
}
