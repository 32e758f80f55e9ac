package pixmap

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"

	"github.com/pkg/errors"
)

// mostOfByteGIF is how many pixels a byte of a GIF file can make: a code of 12 bits stands for at most 4096.
const mostOfByteGIF = 4096

func configGIF(data []byte) (height, width int, err error) {
	c, err := gif.DecodeConfig(bytes.NewReader(grownGIF(data)))
	if err != nil {
		return 0, 0, err
	}
	return c.Height, c.Width, holdsMost(data, c.Height, c.Width, mostOfByteGIF) // the first frame may cover a small part of the canvas
}

// grownGIF returns the file with a canvas that holds the first frame: browsers and Pillow enlarge a smaller
// one, and image/gif refuses it.
func grownGIF(data []byte) []byte {
	at := frameGIF(data)
	if at < 0 {
		return data
	}
	side := func(at int) int { return int(binary.LittleEndian.Uint16(data[at:])) }
	grown := data
	for k := range 2 { // left and width, top and height
		need := side(at+1+2*k) + side(at+5+2*k)
		if have := 6 + 2*k; need > side(have) && need <= 0xffff {
			if &grown[0] == &data[0] {
				grown = bytes.Clone(data)
			}
			binary.LittleEndian.PutUint16(grown[have:], uint16(need))
		}
	}
	return grown
}

// frameGIF returns where the description of the first frame begins, or -1.
func frameGIF(data []byte) int {
	const header, description = 13, 10
	if len(data) < header {
		return -1
	}
	at := header
	if flags := data[10]; flags&0x80 != 0 { // a palette of all frames
		at += 3 << (flags&7 + 1)
	}
	for at+description <= len(data) {
		switch data[at] {
		case ',':
			return at
		case '!': // an extension of several blocks, each of which begins with its length
			at += 2
			for at < len(data) && data[at] != 0 {
				at += 1 + int(data[at])
			}
			at++
		default:
			return -1
		}
	}
	return -1
}

// decodeGIF decodes the first frame onto the whole canvas. What the frame does not cover is
// transparent. image/gif returns the frame alone.
func decodeGIF(data []byte) (*Image, error) {
	data = grownGIF(data)
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	first, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	frame, ok := first.(*image.Paletted)
	if !ok {
		return nil, errors.Errorf("want a frame with a palette, got %T", first)
	}
	part := fromPalette(frame)
	if frame.Bounds() == image.Rect(0, 0, c.Width, c.Height) {
		return part, nil
	}
	return part.on(c.Height, c.Width, frame.Rect.Min), nil
}

// on lays a picture of 2 or 4 channels, with its upper left corner at a point, on a transparent canvas. What
// lies outside of it is cut off.
func (m *Image) on(height, width int, at image.Point) *Image {
	whole := &Image{Height: height, Width: width, Channels: m.Channels, Bytes: make([]byte, height*width*m.Channels)}
	box := image.Rect(0, 0, m.Width, m.Height).Add(at).Intersect(image.Rect(0, 0, width, height))
	n := m.Channels
	for y := box.Min.Y; y < box.Max.Y; y++ {
		from := ((y-at.Y)*m.Width + box.Min.X - at.X) * n
		copy(whole.Bytes[(y*width+box.Min.X)*n:][:box.Dx()*n], m.Bytes[from:])
	}
	return whole
}
