package figure

import (
	"image"
	"io"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// Reconstructions shows images above what a model made of them. More than ten
// are broken into several pairs of rows.
type Reconstructions struct {
	Title         string
	Height, Width int         // of each image, in pixels
	Originals     [][]float32 // (n, Height*Width), from 0 (black) to 1 (white)
	Outputs       [][]float32 // (n, Height*Width)
	Notes         []string    // under each pair, such as its MSE; or none at all
}

// Draw writes the figure. It is an error if there are no images, or if the
// numbers of images, pixels or notes do not fit together.
func (f Reconstructions) Draw(w io.Writer, format Format) error {
	n := len(f.Originals)
	if n == 0 {
		return errors.New("figure: want at least one image to show with its reconstruction, got none")
	}
	if err := checkImages("originals", f.Originals, n, f.Height, f.Width); err != nil {
		return err
	}
	if err := checkImages("reconstructions", f.Outputs, n, f.Height, f.Width); err != nil {
		return err
	}
	if len(f.Notes) > 0 && len(f.Notes) != n {
		return errors.Errorf("figure: want a note for each of %d images or none at all, got %d notes", n, len(f.Notes))
	}

	rows := (n + 9) / 10
	columns := (n + rows - 1) / rows
	room := min(maxTile, pageRoom/columns)
	h, wd := fit(f.Height, f.Width, room, room)
	th, tw := vg.Length(h)*dot, vg.Length(wd)*dot
	pitch := snap(max(tw, widest(f.Notes, noteSize)) + gap)
	under := vg.Length(0) // the notes
	if len(f.Notes) > 0 {
		under = snap(gap + noteSize)
	}
	pair := 2*th + gap + under
	between := 3 * gap
	c := chart{
		title: f.Title,
		width: vg.Length(columns)*pitch - gap, height: vg.Length(rows)*(pair+between) - between,
		bare: true,
	}
	c.x.hi, c.y.hi = float64(c.width), float64(c.height)
	for r := range rows {
		top := c.height - vg.Length(r)*(pair+between)
		c.y.ticks = append(c.y.ticks,
			tick{float64(top - th/2), "original"},
			tick{float64(top - th - gap - th/2), "reconstruction"})
	}

	return c.render(w, format, func(p *page, r vg.Rectangle) {
		for i := range n {
			x := r.Min.X + vg.Length(i%columns)*pitch
			top := r.Max.Y - vg.Length(i/columns)*(pair+between)
			f.image(p, f.Originals[i], x+snap((pitch-gap-tw)/2), top-th, h, wd)
			f.image(p, f.Outputs[i], x+snap((pitch-gap-tw)/2), top-2*th-gap, h, wd)
			if len(f.Notes) > 0 {
				p.text(f.Notes[i], x+(pitch-gap)/2, top-2*th-2*gap-capHeight*noteSize, noteSize, centred, ink)
			}
		}
	})
}

// image draws one image of h x w PNG pixels with its bottom left corner at
// (x, y), and a fine outline without which white images would have no edge.
func (f Reconstructions) image(p *page, px []float32, x, y vg.Length, h, w int) {
	img := image.NewGray(image.Rect(0, 0, w, h))
	tile(img, img.Rect, px, f.Height, f.Width)
	edge := vg.Rectangle{
		Min: vg.Point{X: x - dot/2, Y: y - dot/2},
		Max: vg.Point{X: x + vg.Length(w)*dot + dot/2, Y: y + vg.Length(h)*dot + dot/2},
	}
	p.outline(edge, dot, soft)
	p.picture(img, x, y)
}
