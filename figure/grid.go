package figure

import (
	"image"
	"io"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// Grid shows the images that a decoder makes of codes on a regular grid over
// the latent plane, or along a line.
type Grid struct {
	Title          string
	XLabel, YLabel string      // the axes, such as "latent 1" and "latent 2"
	Columns        []float64   // the first latent of each column, from the left
	Rows           []float64   // the second latent of each row, from the bottom; none for a single latent
	Height, Width  int         // of each image, in pixels
	Images         [][]float32 // (rows*columns, Height*Width), from 0 (black) to 1 (white), row by row from the bottom
}

// Draw writes the figure. It is an error if there is no column, if there are
// more tiles than pixels to show them, or if the numbers of values, images or
// pixels do not fit together.
func (f Grid) Draw(w io.Writer, format Format) error {
	columns, rows := len(f.Columns), max(1, len(f.Rows))
	if columns == 0 || columns > pageRoom || rows > pageRoom {
		return errors.Errorf("figure: want 1 to %d columns and at most %[1]d rows in the grid, got %d columns and %d rows", pageRoom, columns, len(f.Rows))
	}
	if err := checkImages("decoded images", f.Images, rows*columns, f.Height, f.Width); err != nil {
		return err
	}
	for _, v := range slices.Concat(f.Columns, f.Rows) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.Errorf("figure: want finite latent values for the grid's columns and rows, got %v", v)
		}
	}

	h, wd := fit(f.Height, f.Width, min(maxTile, pageRoom/rows), min(maxTile, pageRoom/columns))
	tiles := image.NewGray(image.Rect(0, 0, columns*wd, rows*h))
	for i, px := range f.Images {
		at := image.Pt(i%columns*wd, (rows-1-i/columns)*h)
		tile(tiles, image.Rectangle{Min: at, Max: at.Add(image.Pt(wd, h))}, px, f.Height, f.Width)
	}
	c := chart{
		title: f.Title,
		width: vg.Length(tiles.Rect.Dx()) * dot, height: vg.Length(tiles.Rect.Dy()) * dot,
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

// centres labels the centres of a row of tiles, each 1 wide, with values. They
// are written one digit finer than the smallest step between two of them.
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
