package figure

import (
	"image"
	"io"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// Grid shows the images that a decoder makes of codes on a regular grid over the latent plane, or
// along a line if the code is a single number.
type Grid struct {
	Title          string
	XLabel, YLabel string      // of the axes, such as "latent 1" and "latent 2"
	Columns        []float64   // the first latent of each column, from the left
	Rows           []float64   // the second latent of each row, from the bottom; none if the code is one number
	Size           Size        // of each image
	Images         [][]float32 // (rows*columns, Height*Width*Channels), from 0 (dark) to 1 (bright), row by row from the bottom
}

// Draw writes the figure. It returns an error if there is no column, if there are more columns or
// rows than a page has room for, if a latent is not finite, or if the numbers of latents, images and
// pixels do not fit together.
func (f Grid) Draw(w io.Writer, format Format) error {
	columns, rows := len(f.Columns), max(1, len(f.Rows))
	if columns == 0 || columns > pageRoom || rows > pageRoom {
		return errors.Errorf("figure: want 1 to %d columns and at most %[1]d rows in the grid, got %d columns and %d rows: show fewer images", pageRoom, columns, len(f.Rows))
	}
	if err := checkImages("the grid", f.Images, rows*columns, f.Size); err != nil {
		return err
	}
	for _, v := range slices.Concat(f.Columns, f.Rows) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("figure: want finite latents for the grid's columns and rows, got %v", v)
		}
	}

	h, wd := fit(f.Size.Height, f.Size.Width, min(maxTile, pageRoom/rows), min(maxTile, pageRoom/columns))
	tiles := f.Size.canvas(rows*h, columns*wd)
	for i, px := range f.Images {
		at := image.Pt(i%columns*wd, (rows-1-i/columns)*h)
		tile(tiles, image.Rectangle{Min: at, Max: at.Add(image.Pt(wd, h))}, px, f.Size)
	}
	c := chart{
		title: f.Title,
		width: vg.Length(columns*wd) * dot, height: vg.Length(rows*h) * dot,
		x: axis{label: f.XLabel, hi: float64(columns)},
	}
	xs, ys := centres(f.Columns), centres(f.Rows)
	c.x.ticks = thin(xs, widestLabel(xs)+gap, vg.Length(wd)*dot)
	if len(f.Rows) > 0 {
		c.y = axis{label: f.YLabel, hi: float64(rows), ticks: thin(ys, 1.5*leading*tickSize, vg.Length(h)*dot)}
	}
	return c.render(w, format, func(p *page, r vg.Rectangle) {
		p.picture(tiles, r.Min.X, r.Min.Y)
	})
}

// centres puts a tick at the centre of each tile of a row. Each tile is 1 wide. The labels are one
// digit finer than the smallest step between two values.
func centres(values []float64) []tick {
	step := 0.0
	for i, v := range values[:max(0, len(values)-1)] {
		if d := math.Abs(values[i+1] - v); d > 0 && (step == 0 || d < step) {
			step = d
		}
	}
	if step == 0 {
		step = 0.1
	}
	ticks := make([]tick, len(values))
	for i, v := range values {
		ticks[i] = tick{float64(i) + 0.5, number(v, step/10)}
	}
	return ticks
}
