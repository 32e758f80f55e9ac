package images

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/gorgonae/gorgonae/internal/pixmap"
)

// contentOf returns a hash of what a picture shows: its size and its pixels, before a background, a
// range or a size is asked for. It is the same for all files of one picture that lost nothing, in
// every format: grey or as equal red, green and blue, in 8 bits or as the same numbers in 16, with
// an opaque alpha channel or with none. The colour of invisible pixels does not count.
func contentOf(m *pixmap.Image) [sha256.Size]byte {
	return hashContent(Size{m.Channels, m.Height, m.Width}, m.Bytes, m.Deep)
}

// hashContent is contentOf for numbers in bytes, or in deep if that is not nil.
func hashContent(size Size, bytes []byte, deep []uint16) [sha256.Size]byte {
	c := content{channels: size.Channels, bytes: bytes, deep: deep, most: math.MaxUint8}
	if !c.shallow() {
		c.most = math.MaxUint16
	}
	h := sha256.New()
	write := func(text []byte) { h.Write(text) } // a hash never returns an error
	if c.asStored() {
		write(c.head(size))
		write(bytes)
		return [sha256.Size]byte(h.Sum(nil))
	}
	n := size.Height * size.Width
	for i := range n {
		rgb, alpha := c.pixel(i)
		c.coloured = c.coloured || rgb[0] != rgb[1] || rgb[0] != rgb[2]
		c.transparent = c.transparent || alpha != c.most
	}
	text := c.head(size)
	for i := range n {
		if text = c.appendPixel(text, i); len(text) > cap(text)-8 {
			write(text)
			text = text[:0]
		}
	}
	write(text)
	return [sha256.Size]byte(h.Sum(nil))
}

// content reads the pixels of a picture of 1 to 4 channels, the last of 2 or 4 is alpha.
type content struct {
	channels int
	bytes    []byte
	deep     []uint16
	most     uint16 // of a number; that of 8 bits if 8 hold all numbers

	coloured, transparent bool
}

// shallow reports whether 8 bits hold all numbers of visible pixels.
func (c *content) shallow() bool {
	for x := c.deep; len(x) > 0; x = x[c.channels:] {
		if invisible := c.channels%2 == 0 && x[c.channels-1] == 0; !invisible && !isShallow(x[:c.channels]) {
			return false
		}
	}
	return true
}

// head begins the text of a picture.
func (c *content) head(size Size) []byte {
	text := make([]byte, 0, 1<<12)
	for _, v := range []int{size.Height, size.Width, int(c.most)} {
		text = binary.BigEndian.AppendUint64(text, uint64(v))
	}
	return text
}

// asStored reports whether the text of the pixels is the bytes as they are: grey, or in colours that
// differ. Most pictures are like that.
func (c *content) asStored() bool {
	if c.deep != nil {
		return false
	}
	return c.channels == 1 || c.channels == 3 && hasColor(c.bytes)
}

// pixel returns the numbers of a pixel. They are 0 where it is invisible.
func (c *content) pixel(i int) (rgb [3]uint16, alpha uint16) {
	at := func(k int) uint16 {
		switch k += i * c.channels; {
		case c.deep == nil:
			return uint16(c.bytes[k])
		case c.most == math.MaxUint8:
			return c.deep[k] >> 8
		default:
			return c.deep[k]
		}
	}
	alpha = c.most
	if c.channels%2 == 0 {
		alpha = at(c.channels - 1)
	}
	switch {
	case alpha == 0:
	case c.channels < 3:
		rgb = [3]uint16{at(0), at(0), at(0)}
	default:
		rgb = [3]uint16{at(0), at(1), at(2)}
	}
	return rgb, alpha
}

// appendPixel appends the numbers of a pixel that say something.
func (c *content) appendPixel(b []byte, i int) []byte {
	rgb, alpha := c.pixel(i)
	numbers := [4]uint16{rgb[0], rgb[1], rgb[2], alpha}
	for k, v := range numbers {
		switch {
		case (k == 1 || k == 2) && !c.coloured || k == 3 && !c.transparent:
		case c.most == math.MaxUint8:
			b = append(b, byte(v))
		default:
			b = binary.BigEndian.AppendUint16(b, v)
		}
	}
	return b
}
