package figure

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Latent shows the code of each image. Codes of two numbers are dots in the plane, coloured by label.
// Codes of one number are dots in a strip for each label; the strip is thick where codes are
// frequent. Of longer codes, draw the first two principal components (see PCA).
type Latent struct {
	Title          string
	XLabel, YLabel string    // of the axes, such as "latent 1" and "latent 2"; YLabel is used if Dims is 2
	Dims           int       // numbers in a code: 1 or 2
	Codes          []float32 // (n, Dims)
	Labels         []int     // (n): 0, 1, ...; without labels all dots have one colour
	Names          []string  // of the labels; without names they are called 0, 1, ...
}

const (
	maxLabels = 1000
	svgDots   = 3000 // in SVG each dot is an element, and viewers are slow with 60,000
)

// Draw writes the figure. PNG shows all codes, SVG at most 3,000 random ones; a note says so. Codes
// far away from the others are outside the axes, and a note counts them. Draw returns an error if
// there is no code, if a code is not finite, or if labels and names do not fit the codes.
func (f Latent) Draw(w io.Writer, format Format) error {
	if err := f.check(); err != nil {
		return err
	}
	n := len(f.Codes) / f.Dims
	shown := n
	if format == SVG {
		shown = min(n, svgDots)
	}
	// The order is random, so that no label hides another.
	rnd := random.New(1, "latent")
	order := rnd.Perm(n)[:shown]

	xlo, xhi := span(f.Codes, f.Dims, 0)
	c := chart{title: f.Title, width: snap(4.7 * vg.Inch)}
	c.x = linear(f.XLabel, xlo, xhi).room(c.width)
	var second []float64 // (n): the y of each code
	if f.Dims == 2 {
		ylo, yhi := span(f.Codes, 2, 1)
		c.height, c.y = snap(4.5*vg.Inch), linear(f.YLabel, ylo, yhi)
		second = make([]float64, n)
		for i := range second {
			second[i] = float64(f.Codes[2*i+1])
		}
	} else {
		c.height, c.y = f.strips()
		second = f.scatterStrips(c.x, rnd.Float64)
	}
	key := f.Dims == 2 && len(f.Labels) > 0
	if key {
		c.right = barGap + barWidth + gap + max(widestLabel(f.labelTicks()), widest([]string{barTitle}, tickSize)-barWidth)
	}

	inside := func(i int) bool {
		x, y := float64(f.Codes[i*f.Dims]), second[i]
		return x >= c.x.lo && x <= c.x.hi && y >= c.y.lo && y <= c.y.hi
	}
	c.note = note(n, shown, inside)
	labels := f.labels()
	return c.render(w, format, func(p *page, r vg.Rectangle) {
		// The more dots, the smaller and the more transparent they are.
		share := 1 / math.Pow(float64(shown), 0.2)
		radius := vg.Points(min(max(6*share, 0.6), 2.5))
		opacity := uint8(255 * min(max(6*share, 0.6), 0.85))
		for _, place := range order {
			if i := int(place); inside(i) {
				x := r.Min.X + c.x.at(float64(f.Codes[i*f.Dims]), c.width)
				y := r.Min.Y + c.y.at(second[i], c.height)
				colour := labelColour(f.label(i), labels)
				colour.A = opacity
				p.disc(vg.Point{X: x, Y: y}, radius, colour)
			}
		}
		if key {
			f.bar(p, r)
		}
	})
}

func (f Latent) check() error {
	if f.Dims != 1 && f.Dims != 2 {
		return errors.Errorf("figure: want codes of 1 or 2 numbers, got %d: of longer codes, draw the first two principal components", f.Dims)
	}
	if err := checkCodes(f.Codes, f.Dims); err != nil {
		return err
	}
	if len(f.Labels) == 0 {
		return nil
	}
	if n := len(f.Codes) / f.Dims; len(f.Labels) != n {
		return errors.Errorf("figure: want a label for each of %d codes or none at all, got %d", n, len(f.Labels))
	}
	return checkLabels(f.Labels, f.Names, "code")
}

// checkLabels returns an error if a label has no name, or none of the colours. what has the labels.
func checkLabels(labels []int, names []string, what string) error {
	limit := maxLabels
	if len(names) > 0 {
		limit = min(limit, len(names))
	}
	for i, v := range labels {
		if v < 0 || v >= limit {
			return errors.Errorf("figure: want labels from 0 to %d, got %d for %s %d", limit-1, v, what, i)
		}
	}
	return nil
}

// checkCodes returns an error unless there are one or more codes of dims finite numbers each.
func checkCodes(codes []float32, dims int) error {
	if dims < 1 || len(codes) == 0 || len(codes)%dims != 0 {
		return errors.Errorf("figure: want one or more codes of %d numbers, got %d numbers", dims, len(codes))
	}
	for i, v := range codes {
		if !drawable(float64(v)) {
			return errors.Errorf("figure: want finite codes, got %v as number %d of code %d", v, i%dims, i/dims)
		}
	}
	return nil
}

// labels returns the number of labels, used or not.
func (f Latent) labels() int {
	switch {
	case len(f.Labels) == 0:
		return 1
	case len(f.Names) > 0:
		return len(f.Names)
	}
	return slices.Max(f.Labels) + 1
}

func (f Latent) label(i int) int {
	if len(f.Labels) == 0 {
		return 0
	}
	return f.Labels[i]
}

// labelTicks returns the labels' names as ticks at 0.5, 1.5, ...
func (f Latent) labelTicks() []tick {
	ticks := make([]tick, f.labels())
	for i := range ticks {
		name := strconv.Itoa(i)
		if len(f.Names) > 0 {
			name = f.Names[i]
		}
		ticks[i] = tick{float64(i) + 0.5, shorten(name, 20)}
	}
	return ticks
}

// note says how many of n codes are not drawn, and why.
func note(n, shown int, inside func(int) bool) string {
	outside := 0
	for i := range n {
		if !inside(i) {
			outside++
		}
	}
	var parts []string
	if shown < n {
		parts = append(parts, fmt.Sprintf("a random %d of %d points", shown, n))
	}
	if outside > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d points lie outside the axes", outside, n))
	}
	return strings.Join(parts, "; ")
}

// span returns the range of one number of the codes. The middle 98 % of the values set the scale. A
// value that is further away from them than their own range is left out. So a few outliers do not
// shrink everything else to a dot.
func span(codes []float32, dims, which int) (lo, hi float64) {
	var values []float64
	for i := which; i < len(codes); i += dims {
		values = append(values, float64(codes[i]))
	}
	slices.Sort(values)
	last := len(values) - 1
	low, high := values[last/100], values[last-last/100]
	room := high - low
	if room == 0 {
		return values[0], values[last]
	}
	first, _ := slices.BinarySearch(values, low-room)
	beyond := sort.Search(len(values), func(i int) bool { return values[i] > high+room })
	return values[first], values[beyond-1]
}

const (
	barTitle = "label"
	barGap   = 30 * dot
	barWidth = 36 * dot
)

// bar draws the colours of the labels to the right of the data, upward from label 0.
func (f Latent) bar(p *page, r vg.Rectangle) {
	ticks := f.labelTicks()
	n := len(ticks)
	x := r.Max.X + barGap
	height := r.Max.Y - r.Min.Y
	edge := func(i int) vg.Length { return r.Min.Y + snap(height*vg.Length(i)/vg.Length(n)) }
	for i := range n {
		band := vg.Rectangle{Min: vg.Point{X: x, Y: edge(i)}, Max: vg.Point{X: x + barWidth, Y: edge(i + 1)}}
		p.fill(band, labelColour(i, n))
	}
	p.outline(vg.Rectangle{Min: vg.Point{X: x, Y: r.Min.Y}, Max: vg.Point{X: x + barWidth, Y: r.Max.Y}}, hairline, ink)
	for _, t := range thin(ticks, leading*tickSize, height/vg.Length(n)) {
		y := r.Min.Y + height*vg.Length(t.value)/vg.Length(n)
		p.text(t.label, x+barWidth+gap, y-capHeight*tickSize/2, tickSize, toRight, ink)
	}
	p.text(barTitle, x, r.Max.Y+gap, tickSize, toRight, ink)
}
