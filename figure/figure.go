// Package figure draws the pictures that show how good an autoencoder is: reconstructions below
// their originals, the latent space, the loss curves and the decoded grid.
//
// Plain slices go in, PNG or SVG comes out. The package knows nothing of models, data sets and
// files. The same input gives the same bytes. Images are grey or in colour; their values are in the
// order height, width, channels and range from 0 to 1. Figures look as in a printed paper: sizes in
// points, 200 dots per inch, and images enlarged by whole factors without smoothing.
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

// Format is a file format of figures.
type Format int

const (
	// PNG is a raster image of 200 dots per inch.
	PNG Format = iota
	// SVG is a vector image. Its font is Liberation Sans. A viewer without it uses Arial, which has
	// the same widths.
	SVG
)

const dpi = 200

// dot is the side of a PNG pixel. Layouts snap to it, so that lines and tiles have sharp edges.
const dot = vg.Inch / dpi

// maxPixels is the largest page: 400 MB of memory while a PNG is drawn. Only very many images or
// very long texts need more.
const maxPixels = 1e8

// render makes a page of the given size, calls paint to draw on it, and writes it to w.
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

// portable adds what viewers need and vgsvg leaves out: a second font, no smoothing of enlarged
// images, and the true type of the embedded images. The texts of a figure never change: each pattern
// has a < or a ", and in texts vgsvg writes these as &lt; and &#34;.
func portable(svg []byte) []byte {
	for _, r := range [][2]string{
		{`style="font-family:Liberation Sans;`, `style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`},
		{"<image ", `<image style="image-rendering:pixelated" `},
		{`xlink:href="data:image/jpg;`, `xlink:href="data:image/png;`},
	} {
		svg = bytes.ReplaceAll(svg, []byte(r[0]), []byte(r[1]))
	}
	return svg
}
