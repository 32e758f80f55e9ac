package figure

import (
	"io"
	"strconv"

	"github.com/pkg/errors"
	"gonum.org/v1/plot/vg"
)

// Reconstructions shows images in rows: each original above what the model made of it. A denoising
// model has three rows: original, noisy input and reconstruction. The figure breaks more than ten
// images into several groups of rows.
type Reconstructions struct {
	Title, Note string
	Size        Size  // of each image
	Rows        []Row // from the top
}

// Row is one row of images.
type Row struct {
	Name   string      // to the left of the row, such as "original"
	Images [][]float32 // (n, Height*Width*Channels): each image from 0 (dark) to 1 (bright)
	Notes  []string    // (n), one under each image, such as its MSE; or none at all
}

// Draw writes the figure. It returns an error if there is no row or no image, if a row has another
// number of images than the first one, or if images, pixels or notes do not fit together.
func (f Reconstructions) Draw(w io.Writer, format Format) error {
	if err := f.check(); err != nil {
		return err
	}
	l := f.layout()
	c := chart{title: f.Title, note: f.Note, width: l.width, height: l.height, bare: true}
	c.x.hi, c.y.hi = float64(c.width), float64(c.height)
	for g := range l.groups {
		for j, row := range f.Rows {
			middle, _ := l.row(c.height, g, j)
			c.y.ticks = append(c.y.ticks, tick{float64(middle), row.Name})
		}
	}
	return c.render(w, format, func(p *page, r vg.Rectangle) {
		for i := range f.Rows[0].Images {
			x := r.Min.X + vg.Length(i%l.columns)*l.pitch
			for j, row := range f.Rows {
				_, y := l.row(r.Max.Y, i/l.columns, j)
				f.image(p, row.Images[i], x+snap((l.pitch-gap-l.tileWidth)/2), y, l.h, l.w)
				if len(row.Notes) > 0 {
					p.text(row.Notes[i], x+(l.pitch-gap)/2, y-gap-capHeight*noteSize, noteSize, centred, ink)
				}
			}
		}
	})
}

func (f Reconstructions) check() error {
	if len(f.Rows) == 0 {
		return errors.New("figure: want at least one row of images, got none")
	}
	n := len(f.Rows[0].Images)
	if n == 0 {
		return errors.Errorf("figure: want at least one image in row %q, got none", f.Rows[0].Name)
	}
	for _, row := range f.Rows {
		if err := checkImages("row "+strconv.Quote(row.Name), row.Images, n, f.Size); err != nil {
			return err
		}
		if len(row.Notes) > 0 && len(row.Notes) != n {
			return errors.Errorf("figure: want a note for each of %d images in row %q or none at all, got %d notes",
				n, row.Name, len(row.Notes))
		}
	}
	return nil
}

// rowLayout is where the images of a Reconstructions stand.
type rowLayout struct {
	columns, groups       int       // a group is all rows of up to ten images
	h, w                  int       // of each image on the page, in pixels of a PNG
	tileHeight, tileWidth vg.Length // the same in points
	pitch                 vg.Length // from one column to the next
	notes                 vg.Length // the height of a line of notes
	above                 []int     // how many rows with notes are above each row of a group
	group, between        vg.Length // the height of a group, and the space between two
	width, height         vg.Length // of everything
}

func (f Reconstructions) layout() rowLayout {
	n := len(f.Rows[0].Images)
	l := rowLayout{groups: (n + 9) / 10, notes: snap(gap + noteSize), between: 3 * gap}
	l.columns = (n + l.groups - 1) / l.groups
	room := min(maxTile, pageRoom/l.columns)
	l.h, l.w = fit(f.Size.Height, f.Size.Width, room, room)
	l.tileHeight, l.tileWidth = vg.Length(l.h)*dot, vg.Length(l.w)*dot

	widestNote, withNotes := vg.Length(0), 0
	for _, row := range f.Rows {
		l.above = append(l.above, withNotes)
		if len(row.Notes) > 0 {
			withNotes++
			widestNote = max(widestNote, widest(row.Notes, noteSize))
		}
	}
	rows := vg.Length(len(f.Rows))
	l.group = rows*l.tileHeight + (rows-1)*gap + vg.Length(withNotes)*l.notes
	l.pitch = snap(max(l.tileWidth, widestNote) + gap)
	l.width = vg.Length(l.columns)*l.pitch - gap
	l.height = vg.Length(l.groups)*(l.group+l.between) - l.between
	return l
}

// row gives the heights of the middle and of the lower edge of the images in row j of a group, if
// the first group begins at top.
func (l rowLayout) row(top vg.Length, group, j int) (middle, bottom vg.Length) {
	top -= vg.Length(group)*(l.group+l.between) + vg.Length(l.above[j])*l.notes
	above := vg.Length(j)
	return top - above*l.tileHeight - above*gap - l.tileHeight/2, top - (above+1)*l.tileHeight - above*gap
}

// image draws one image of h x w PNG pixels with its bottom left corner at (x, y). A fine outline
// shows where a white image ends.
func (f Reconstructions) image(p *page, px []float32, x, y vg.Length, h, w int) {
	img := f.Size.canvas(h, w)
	tile(img, img.Bounds(), px, f.Size)
	edge := vg.Rectangle{
		Min: vg.Point{X: x - dot/2, Y: y - dot/2},
		Max: vg.Point{X: x + vg.Length(w)*dot + dot/2, Y: y + vg.Length(h)*dot + dot/2},
	}
	p.outline(edge, dot, soft)
	p.picture(img, x, y)
}
