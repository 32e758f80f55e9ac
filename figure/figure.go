// Package figure draws the pictures with which an autoencoder is judged:
// reconstructions below their originals, the latent space, the loss curves and
// the decoded grid.
//
// It exists apart from everything that produces numbers: plain slices go in,
// PNG or SVG comes out, and nothing here knows of models, data sets or files.
// The same input gives the same bytes. The styling is that of a printed paper:
// sizes in points, 200 dots per inch, and images enlarged by whole factors
// without smoothing.
package figure

import (
	"bytes"
	"image/color"
	"image/png"
	"io"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Format is a file format that figures are written in.
type Format int

const (
	// PNG is a raster image of 200 dots per inch.
	PNG Format = iota
	// SVG is a vector image. Its text names Liberation Sans, with Arial, which
	// has the same widths, as the substitute.
	SVG
)

const dpi = 200

// dot is the side of a PNG pixel. Layouts snap to it, so that lines and tiles
// have sharp edges.
const dot = vg.Inch / dpi

// maxPixels bounds a page (400 MB as PNG is drawn). Only very many images or
// very long texts reach it.
const maxPixels = 1e8

// render makes a page of the given size, lets paint fill it, and writes it.
func render(w io.Writer, format Format, width, height vg.Length, paint func(*page)) error {
	width, height = snap(width), snap(height)
	if float64(width/dot)*float64(height/dot) > maxPixels {
		return errors.Errorf("figure: want a page of at most %.0g pixels, got %dx%d: show fewer images or shorten the texts",
			maxPixels, pixels(width), pixels(height))
	}
	switch format {
	case PNG:
		c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
		paint(&page{Canvas: c, raster: c.Image()})
		return errors.Wrap(png.Encode(w, c.Image()), "figure: writing PNG")
	case SVG:
		c := vgsvg.New(width, height)
		p := &page{Canvas: c}
		p.fill(vg.Rectangle{Max: vg.Point{X: width, Y: height}}, color.White)
		paint(p)
		var b bytes.Buffer
		if _, err := c.WriteTo(&b); err != nil {
			return errors.Wrap(err, "figure: drawing SVG")
		}
		_, err := w.Write(portable(b.Bytes()))
		return errors.Wrap(err, "figure: writing SVG")
	}
	return errors.Errorf("figure: want format PNG (%d) or SVG (%d), got %d", PNG, SVG, format)
}

// portable adds what vgsvg leaves out and viewers need: a substitute for the
// font, pixels that stay pixels when enlarged, and the true type of the
// embedded images. Text cannot be hit: in it, < is written &lt;, and the quoted
// attributes hold none of these strings.
func portable(svg []byte) []byte {
	for _, r := range [][2]string{
		{"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"},
		{"<image ", `<image style="image-rendering:pixelated" `},
		{`xlink:href="data:image/jpg;`, `xlink:href="data:image/png;`},
	} {
		svg = bytes.ReplaceAll(svg, []byte(r[0]), []byte(r[1]))
	}
	return svg
}
