package images

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/pixmap"
)

// PictureSize returns the height and the width of a picture from the bytes of its file, as they
// are stored there: a picture that is to be turned has them the other way round. It
// refuses what ReadPicture refuses by its header alone.
func PictureSize(data []byte) (height, width int, err error) { return pixmap.Size(data) }

// ReadPicture decodes the picture in the bytes of a file as OpenFiles reads it, and returns it as a set
// of one image, with notes on what a user would not expect. PictureSize tells before how large it
// will be.
func ReadPicture(data []byte, o Options) (*Set, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	m, err := pixmap.Decode(data)
	if err != nil {
		return nil, err
	}
	return fromPixmap(m, o)
}

// fromPixmap returns a decoded picture as a set of one image.
func fromPixmap(m *pixmap.Image, o Options) (*Set, error) {
	if o.Range.Auto {
		return nil, errors.New("want a range of numbers for a single picture, got auto: its own extent says nothing of others")
	}
	f := form{channels: 1, settled: o.Color != Auto, cut: o.Range}
	if o.Color == RGB {
		f.channels = 3
	}
	fr, about, err := f.make(m, o)
	for other := (otherForm{}); errors.As(err, &other); fr, about, err = f.make(m, o) {
		if other.colour && !f.settled {
			f.channels = 3
		}
		f.deep = f.deep || other.deep
		other = otherForm{}
	}
	if err != nil {
		return nil, err
	}
	s := &Set{Channels: f.channels, Height: m.Height, Width: m.Width, Pixels: fr.bytes, Deep: fr.deep}
	if o.Height > 0 {
		s.Height, s.Width = o.Height, o.Width
	}
	if (s.Height != m.Height || s.Width != m.Width) && o.Height > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("its %d x %d pixels (height x width) became %d x %d (%v)", m.Height, m.Width, s.Height, s.Width, o.Fit))
	}
	if about.greyed {
		s.Notes = append(s.Notes, "its colours became grey")
	}
	if about.transparent {
		s.Notes = append(s.Notes, fmt.Sprintf("its transparent pixels lie on %v", o.Background))
	}
	if about.more {
		s.Notes = append(s.Notes, "it has more pages or frames than the first, which is taken")
	}
	return s, fr.check(s.Size())
}
