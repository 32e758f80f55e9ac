package images

import (
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/pixmap"
)

// form is what all pictures of a set become: their channels, 1 or 3, and numbers of 8 or 16 bits.
type form struct {
	channels int
	deep     bool
	settled  bool  // the color is asked for: colour may become grey
	cut      Range // never Auto
}

// most returns the largest number.
func (f form) most() int64 {
	if f.deep {
		return math.MaxUint16
	}
	return math.MaxUint8
}

// otherForm is the error of a picture for which the form does not do. The set is read again in the
// form with more.
type otherForm struct{ colour, deep bool }

func (otherForm) Error() string { return "a picture needs another form" }

// facts are what a picture looks like, for notes.
type facts struct {
	lowest, highest uint16 // of all numbers, before the range is cut
	plain           bool   // all pixels are equal
	transparent     bool   // pixels lie on the background
	greyed          bool   // colours became grey
	more            bool   // the file has more pages or frames
}

// make makes the frame of a picture, of the size that the options say or of its own.
func (f form) make(m *pixmap.Image, o Options) (frame, facts, error) {
	about := facts{more: m.More}
	deep := m.Deep != nil && !isShallow(m.Deep)
	x := widen(m, deep)
	most := uint32(math.MaxUint8)
	if deep {
		most = math.MaxUint16
	}
	x, channels := about.lay(x, m.Channels, o.Background, most)
	colour := channels == 3 && hasColor(x)
	if colour && f.channels == 1 && !f.settled || deep && !f.deep {
		return frame{}, about, otherForm{colour, deep}
	}
	about.greyed = colour && f.channels == 1
	x = channelsOf(x, channels, f.channels, deep)
	if f.deep && !deep {
		for i := range x {
			x[i] *= 257
		}
	}
	about.look(x, f.channels)
	f.cutRange(x)
	from := Size{f.channels, m.Height, m.Width}
	to := from
	if o.Height > 0 {
		to.Height, to.Width = o.Height, o.Width
	}
	ground := f.ground(o.Background)
	if f.deep {
		return frame{deep: fit(x, from, to, o.Fit, ground, f.most())}, about, nil
	}
	return frame{bytes: narrow(fit(x, from, to, o.Fit, ground, f.most()))}, about, nil
}

// isShallow reports whether numbers of 16 bits hold no more than 8.
func isShallow(x []uint16) bool {
	for _, v := range x {
		if v != v>>8*257 {
			return false
		}
	}
	return true
}

// widen returns the numbers of a picture in a slice of its own: from 0 to 65535 if deep, else to 255.
func widen(m *pixmap.Image, deep bool) []uint16 {
	x := make([]uint16, max(len(m.Bytes), len(m.Deep)))
	for i, b := range m.Bytes {
		x[i] = uint16(b)
	}
	for i, v := range m.Deep {
		if x[i] = v; !deep {
			x[i] = v >> 8
		}
	}
	return x
}

func narrow(x []uint16) []byte {
	b := make([]byte, len(x))
	for i, v := range x {
		b[i] = byte(v)
	}
	return b
}

// lay lays a picture with an alpha channel on the background. It returns a picture of 1 or 3 channels.
func (a *facts) lay(x []uint16, channels int, ground Background, most uint32) ([]uint16, int) {
	if channels == 1 || channels == 3 {
		return x, channels
	}
	under := ground.RGB()
	out := channels - 1
	if channels == 2 && !ground.grey() {
		x, channels, out = channelsWithAlpha(x), 4, 3
	}
	y := make([]uint16, 0, len(x)/channels*out)
	for ; len(x) > 0; x = x[channels:] {
		alpha := uint32(x[channels-1])
		a.transparent = a.transparent || alpha < most
		for c, v := range x[:out] {
			below := uint32(under[c]) * (most / 255)
			y = append(y, uint16((uint64(v)*uint64(alpha)+uint64(below)*uint64(most-alpha)+uint64(most/2))/uint64(most)))
		}
	}
	return y, out
}

// channelsWithAlpha turns grey and alpha into red, green, blue and alpha.
func channelsWithAlpha(x []uint16) []uint16 {
	y := make([]uint16, 0, 2*len(x))
	for ; len(x) > 0; x = x[2:] {
		y = append(y, x[0], x[0], x[0], x[1])
	}
	return y
}

// hasColor reports whether a pixel's red, green and blue differ.
func hasColor[T byte | uint16](x []T) bool {
	for ; len(x) > 0; x = x[3:] {
		if x[0] != x[1] || x[0] != x[2] {
			return true
		}
	}
	return false
}

// channelsOf makes colours grey by their luminance, and grey three equal channels.
func channelsOf(x []uint16, from, to int, deep bool) []uint16 {
	switch {
	case from == to:
		return x
	case deep:
		return inChannels(x, to, deepLuminance)
	}
	return inChannels(x, to, func(r, g, b uint16) uint16 { return uint16(luminance(byte(r), byte(g), byte(b))) })
}

// look notes the range of the numbers, and whether all pixels are equal.
func (a *facts) look(x []uint16, channels int) {
	a.lowest, a.highest, a.plain = math.MaxUint16, 0, true
	for i, v := range x {
		a.lowest, a.highest = min(a.lowest, v), max(a.highest, v)
		a.plain = a.plain && v == x[i%channels]
	}
}

// cutRange brings the range of the form to that of all numbers.
func (f form) cutRange(x []uint16) {
	if f.cut == (Range{}) {
		return
	}
	most := float64(f.most())
	for i, v := range x {
		x[i] = uint16(float64(f.cut.Brightness(float64(v))*most) + 0.5)
	}
}

// ground returns the background in the form.
func (f form) ground(b Background) []uint16 {
	rgb := b.RGB()
	x := channelsOf([]uint16{uint16(rgb[0]), uint16(rgb[1]), uint16(rgb[2])}, 3, f.channels, false)
	if f.deep {
		for i := range x {
			x[i] *= 257
		}
	}
	return x
}

// check returns an error if a frame does not have the numbers of a size.
func (f frame) check(s Size) error {
	if n := max(len(f.bytes), len(f.deep)); n != s.Numbers() {
		return errors.Errorf("want %d numbers for a picture of %v, got %d: the file has changed", s.Numbers(), s, n)
	}
	return nil
}
