package pixmap

import (
	"image"
	"image/color"

	"github.com/pkg/errors"
)

// fromImage returns the numbers of an image as Go's decoders return it.
func fromImage(m image.Image) (*Image, error) {
	box := m.Bounds()
	o := &Image{Height: box.Dy(), Width: box.Dx()}
	switch m := m.(type) {
	case *image.Gray:
		o.Channels = 1
		o.rows(m.Pix, m.Stride)
	case *image.Gray16:
		o.Channels = 1
		o.deep(m.Pix, m.Stride, 2*o.Width)
	case *image.NRGBA:
		o.Channels = 4
		o.rows(m.Pix, m.Stride)
	case *image.NRGBA64:
		o.Channels = 4
		o.deep(m.Pix, m.Stride, 8*o.Width)
	case *image.RGBA64:
		o.each(m.Opaque(), func(x, y int) (r, g, b, a uint16) {
			c := m.RGBA64At(box.Min.X+x, box.Min.Y+y)
			return divided16(c.R, c.A), divided16(c.G, c.A), divided16(c.B, c.A), c.A
		})
	case *image.Paletted:
		return fromPalette(m), nil
	case *image.CMYK:
		o.Channels = 3
		o.reserve()
		for y := range o.Height {
			for x := range o.Width {
				p := m.Pix[y*m.Stride+4*x:][:4]
				for _, ink := range p[:3] {
					o.Bytes = append(o.Bytes, 255-p[3]-scaled(ink, 255-p[3]))
				}
			}
		}
	case *image.RGBA:
		o.Channels = 4
		o.reserve()
		for y := range o.Height {
			for line := m.Pix[y*m.Stride:][:4*o.Width]; len(line) > 0; line = line[4:] {
				a := line[3]
				o.Bytes = append(o.Bytes, divided(line[0], a), divided(line[1], a), divided(line[2], a), a)
			}
		}
	case *image.YCbCr:
		o.Channels = 3
		o.reserve()
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				c := m.YCbCrAt(x, y)
				r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
				o.Bytes = append(o.Bytes, r, g, b)
			}
		}
	default:
		return nil, errors.Errorf("want numbers of a kind that is known, got %T", m)
	}
	return o, nil
}

// divided returns a colour that was multiplied by alpha. Files with colours above their alpha exist.
func divided(v, alpha byte) byte {
	if alpha == 0 {
		return 0
	}
	return byte(min((uint32(v)*255+uint32(alpha)/2)/uint32(alpha), 255))
}

// reserve makes room for all numbers of 8 bits: a slice that grows takes several times the memory.
func (m *Image) reserve() { m.Bytes = make([]byte, 0, m.Height*m.Width*m.Channels) }

// rows appends numbers of 8 bits as they are.
func (m *Image) rows(pix []byte, stride int) {
	m.reserve()
	for y := range m.Height {
		m.Bytes = append(m.Bytes, pix[y*stride:][:m.Width*m.Channels]...)
	}
}

// divided16 is divided for 16 bits.
func divided16(v, alpha uint16) uint16 {
	if alpha == 0 {
		return 0
	}
	return uint16(min((uint64(v)*65535+uint64(alpha)/2)/uint64(alpha), 65535))
}

// scaled returns a · b / 255, rounded.
func scaled(a, b byte) byte {
	t := uint32(a)*uint32(b) + 128
	return byte((t>>8 + t) >> 8)
}

// deep appends numbers of 16 bits, big-endian.
func (m *Image) deep(pix []byte, stride, row int) {
	m.Deep = make([]uint16, 0, m.Height*row/2)
	for y := range m.Height {
		line := pix[y*stride:][:row]
		for i := 0; i < len(line); i += 2 {
			m.Deep = append(m.Deep, uint16(line[i])<<8|uint16(line[i+1]))
		}
	}
}

// each appends the colours of all pixels, with alpha unless all are opaque.
func (m *Image) each(opaque bool, at func(x, y int) (r, g, b, a uint16)) {
	m.Channels = 4
	if opaque {
		m.Channels = 3
	}
	m.Deep = make([]uint16, 0, m.Height*m.Width*m.Channels)
	for y := range m.Height {
		for x := range m.Width {
			r, g, b, a := at(x, y)
			m.Deep = append(m.Deep, r, g, b)
			if !opaque {
				m.Deep = append(m.Deep, a)
			}
		}
	}
}

// fromPalette returns the colours of a picture with a palette: grey if those in use are grey.
func fromPalette(m *image.Paletted) *Image {
	box := m.Bounds()
	o := &Image{Height: box.Dy(), Width: box.Dx(), Channels: 2}
	var colours [256]color.NRGBA // beyond the palette: black, as browsers show it
	for i := range colours {
		colours[i].A = 255
		if i < len(m.Palette) {
			colours[i] = color.NRGBAModel.Convert(m.Palette[i]).(color.NRGBA)
		}
	}
	for y := range o.Height {
		for _, i := range m.Pix[y*m.Stride:][:o.Width] {
			if c := colours[i]; c.R != c.G || c.R != c.B {
				o.Channels = 4
			}
		}
	}
	o.reserve()
	for y := range o.Height {
		for _, i := range m.Pix[y*m.Stride:][:o.Width] {
			c := colours[i]
			if o.Channels == 4 {
				o.Bytes = append(o.Bytes, c.R, c.G, c.B, c.A)
			} else {
				o.Bytes = append(o.Bytes, c.R, c.A)
			}
		}
	}
	return o
}

// dropOpaque drops the alpha channel if all pixels are opaque.
func (m *Image) dropOpaque() {
	if m.Channels == 1 || m.Channels == 3 || !isOpaque(m.Bytes, m.Channels, 255) || !isOpaque(m.Deep, m.Channels, 65535) {
		return
	}
	m.Bytes, m.Deep = withoutAlpha(m.Bytes, m.Channels), withoutAlpha(m.Deep, m.Channels)
	m.Channels--
}

func isOpaque[T byte | uint16](x []T, channels int, most T) bool {
	for i := channels - 1; i < len(x); i += channels {
		if x[i] != most {
			return false
		}
	}
	return true
}

func withoutAlpha[T byte | uint16](x []T, channels int) []T {
	if x == nil {
		return nil
	}
	y := x[:0]
	for i := 0; i < len(x); i += channels {
		y = append(y, x[i:i+channels-1]...)
	}
	return y
}
