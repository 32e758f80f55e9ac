package html

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/figure"
)

// Plane is the codes of images as points: in a plane, or in strips if a code is one number.
type Plane struct {
	Note           string
	XLabel, YLabel string
	Dims           int      // 1 or 2
	Points         []Point  // the first ones may have their images
	Classes        []string // the name of each label; nil without labels
	Grid           *Grid    // may be nil
}

// Point is the code of an image.
type Point struct {
	X, Y   float64 // Y counts if Dims is 2
	Label  int     // counts if there are classes
	Number int     // of the image in its data set
	Error  string
	Before *Image // nil, or the image
	After  *Image // and what the model makes of it
}

// Grid is what the decoder makes of places of the plane, which stand in rows and columns at equal
// distances: from the lowest row up, or of one row if Dims is 1.
type Grid struct {
	X, Y          [2]float64 // the first and the last place along each axis; Y counts if Dims is 2
	Columns, Rows int
	Images        []*Image
}

const (
	maxTile      = 32      // the longest side of a point's image
	sheetColumns = 50      // of a sheet of such images
	maxSheet     = 700_000 // bytes of a sheet, before it is written as text
	greyLevels   = 16      // of the images that a model makes: their soft shades cost most
	maxLegend    = 60      // classes with a switch of their own
	maxStrips    = 24      // strips with a name beside them; of more, every second has one, or fewer
)

// planeView is a plane as the template takes it.
type planeView struct {
	*Plane
	X, Y      []tickView
	Colours   template.CSS
	Layers    []layerView // the points of each class
	Legend    bool
	Long      bool    // a name of a class is long
	Width     float64 // of the dots
	Sheet     template.URL
	MadeSheet template.URL
	GridSheet template.URL
	GridStyle template.CSS
	Said      string
	Notes     []string
}

type layerView struct {
	Class int
	Name  string
	Count int
	Path  string
}

// planeData is a plane as the script takes it. Places are shares of the axes.
type planeData struct {
	X       []float64  `json:"x"`
	Y       []float64  `json:"y"`
	Label   []int      `json:"label,omitempty"`
	Number  []int      `json:"number"`
	Error   []string   `json:"error"`
	Classes []string   `json:"classes,omitempty"`
	Axes    [4]float64 `json:"axes"` // lowest and highest value of x, then of y
	Dims    int        `json:"dims"`
	Tile    [2]int     `json:"tile"`    // width and height of an image
	Columns int        `json:"columns"` // of the sheets
	Images  int        `json:"images"`  // points that have images: the first ones
	Grid    *gridData  `json:"grid,omitempty"`
}

type gridData struct {
	X       [2]float64 `json:"x"` // places of the outer columns
	Y       [2]float64 `json:"y"`
	Columns int        `json:"columns"`
	Rows    int        `json:"rows"`
	Tile    [2]int     `json:"tile"`
}

func (p *Plane) view() (*planeView, *planeData, error) {
	if err := p.check(); err != nil {
		return nil, nil, err
	}
	x, y := p.axes()
	inside := p.inside(x, y)
	v := &planeView{Plane: p, X: x.views(), Legend: len(p.Classes) <= maxLegend, Width: math.Round(10 * max(2.5, min(7, 60/math.Cbrt(float64(len(inside))))) / 10)}
	if p.Dims == 2 {
		v.Y = y.views()
	} else if p.Classes != nil {
		for i := 0; i < len(p.Classes); i += 1 + (len(p.Classes)-1)/maxStrips {
			v.Y = append(v.Y, tickView{percent(y.at(float64(i) + 0.5)), p.Classes[i]})
		}
	}
	for _, name := range p.Classes {
		v.Long = v.Long || utf8.RuneCountInString(name) > 8
	}
	d := &planeData{Axes: [4]float64{x.lo, x.hi, y.lo, y.hi}, Dims: p.Dims, Classes: p.Classes, Columns: sheetColumns}
	shown := make([]Point, len(inside))
	heights := p.heights(x)
	for k, i := range inside {
		at := p.Points[i]
		shown[k] = at
		d.X, d.Y = append(d.X, rounded(x.at(at.X))), append(d.Y, rounded(y.at(heights[i])))
		d.Number, d.Error = append(d.Number, at.Number), append(d.Error, at.Error)
		if p.Classes != nil {
			d.Label = append(d.Label, at.Label)
		}
	}
	v.layers(d)
	v.colours()
	if n := len(p.Points) - len(inside); n > 0 {
		v.Notes = append(v.Notes, fmt.Sprintf("%d of %d points lie outside the axes.", n, len(p.Points)))
	}
	if err := v.sheets(shown, d); err != nil {
		return nil, nil, err
	}
	if p.Grid != nil {
		if err := v.grid(p.Grid, x, y, d); err != nil {
			return nil, nil, err
		}
	}
	v.Said = v.say(len(inside))
	return v, d, nil
}

func (p *Plane) check() error {
	if p.Dims != 1 && p.Dims != 2 || len(p.Points) == 0 {
		return errors.Errorf("want one or more points of 1 or 2 numbers, got %d of %d", len(p.Points), p.Dims)
	}
	for i, at := range p.Points {
		if !finite(at.X) || !finite(at.Y) {
			return errors.Errorf("want finite points, got %v, %v as point %d", at.X, at.Y, i)
		}
		if p.Classes != nil && (at.Label < 0 || at.Label >= len(p.Classes)) {
			return errors.Errorf("want labels from 0 to %d, got %d for point %d", len(p.Classes)-1, at.Label, i)
		}
	}
	return nil
}

// axes returns the axes. The strips of codes of one number are 1 high each, the first at the bottom.
func (p *Plane) axes() (x, y axis) {
	xs, ys := make([]float64, len(p.Points)), make([]float64, len(p.Points))
	for i, at := range p.Points {
		xs[i], ys[i] = at.X, at.Y
	}
	x = linear2(span(xs))
	if p.Dims == 2 {
		return x, linear2(span(ys))
	}
	return x, axis{hi: float64(max(1, len(p.Classes)))}
}

func linear2(lo, hi float64) axis { return linear(lo, hi, 6) }

// span returns the range of some values. The middle 98 % set the scale; what is further away from them
// than their own range is left out, so that a few outliers do not shrink everything else to a dot.
func span(values []float64) (lo, hi float64) {
	slices.Sort(values)
	last := len(values) - 1
	low, high := values[last/100], values[last-last/100]
	room := high - low
	if room == 0 {
		return values[0], values[last]
	}
	lo, hi = low, high
	for _, v := range values {
		if v >= low-room && v <= high+room {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}

// inside returns the numbers of the points within the axes.
func (p *Plane) inside(x, y axis) (all []int) {
	for i, at := range p.Points {
		if at.X >= x.lo && at.X <= x.hi && (p.Dims == 1 || at.Y >= y.lo && at.Y <= y.hi) {
			all = append(all, i)
		}
	}
	return all
}

// heights returns the y of each point. In a strip, the points spread more where they are more
// frequent, so that the outline of the strip is a histogram.
func (p *Plane) heights(x axis) []float64 {
	ys := make([]float64, len(p.Points))
	if p.Dims == 2 {
		for i, at := range p.Points {
			ys[i] = at.Y
		}
		return ys
	}
	const bins = 80
	counts := make([][bins]float64, max(1, len(p.Classes)))
	bin := func(at Point) int { return min(max(int(bins*x.at(at.X)), 0), bins-1) }
	for _, at := range p.Points {
		counts[p.class(at)][bin(at)]++
	}
	golden := 0.0
	for i, at := range p.Points {
		c := &counts[p.class(at)]
		density := c[bin(at)] / slices.Max(c[:])
		golden = math.Mod(golden+(math.Sqrt(5)-1)/2, 1) // spreads evenly, and is the same each time
		ys[i] = float64(p.class(at)) + 0.5 + 0.85*density*(golden-0.5)
	}
	return ys
}

func (p *Plane) class(at Point) int {
	if p.Classes == nil {
		return 0
	}
	return at.Label
}

// layers writes the points of each class as a path of lines without length, whose round ends are dots.
func (v *planeView) layers(d *planeData) {
	paths := make([]strings.Builder, max(1, len(v.Classes)))
	counts := make([]int, len(paths))
	for i := range d.X {
		k := 0
		if d.Label != nil {
			k = d.Label[i]
		}
		counts[k]++
		paths[k].WriteString("M" + place(d.X[i]) + " " + place(1-d.Y[i]) + "h0")
	}
	for k := range paths {
		l := layerView{Class: k, Count: counts[k], Path: paths[k].String()}
		if v.Classes != nil {
			l.Name = v.Classes[k]
		}
		v.Layers = append(v.Layers, l)
	}
}

// colours writes the colour of each class, the one that it has in the figures.
func (v *planeView) colours() {
	var b strings.Builder
	for k := range v.Layers {
		c := figure.LabelColour(k, len(v.Layers))
		fmt.Fprintf(&b, ".k%d{--k:#%02x%02x%02x}", k, c.R, c.G, c.B)
	}
	v.Colours = template.CSS(b.String())
}

// say describes the plane in words.
func (v *planeView) say(n int) string {
	what := "points in the plane of " + v.XLabel + " and " + v.YLabel
	if v.Dims == 1 {
		what = "points along " + v.XLabel
	}
	text := strconv.Itoa(n) + " codes of images as " + what
	if v.Classes != nil {
		text += ", coloured by " + strconv.Itoa(len(v.Classes)) + " labels"
	}
	return text + "."
}

// TileWidth and TileHeight are the size of an image under the pointer.
func (d *planeData) TileWidth() int { return d.tile()[0] }

// TileHeight is beside TileWidth.
func (d *planeData) TileHeight() int { return d.tile()[1] }

func (d *planeData) tile() [2]int {
	if d.Images == 0 && d.Grid != nil {
		return d.Grid.Tile
	}
	return d.Tile
}
