package pixmap

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math/bits"

	"github.com/pkg/errors"
	"golang.org/x/image/bmp"
)

// Values of the field for the compression of a BMP file. In packed files, runs of equal pixels are short.
const (
	plainBMP   = 0
	packed8BMP = 1
	packed4BMP = 2
	masksBMP   = 3
	jpegBMP    = 4
	pngBMP     = 5
	masks2BMP  = 6 // with one for alpha
)

// headerBMP is the header of a BMP file that is read here, not by x/image/bmp: of a packed one, of one of 16
// bits a pixel, or of one that says which bits of a pixel are red, green, blue and alpha.
type headerBMP struct {
	offset, info  int // of the pixels; the length of the header after the first 14 bytes
	height, width int
	down          bool // the first row is the upper one
	bits          int  // of a pixel
	compression   uint32
	masks         [4]uint32
}

// readBMP reads the header. ok is false for a file that is left to x/image/bmp.
func readBMP(data []byte) (h headerBMP, ok bool, err error) {
	if len(data) < 54 {
		return h, false, nil
	}
	number := func(at int) uint32 { return binary.LittleEndian.Uint32(data[at:]) }
	h = headerBMP{offset: int(number(10)), info: int(number(14)), width: int(int32(number(18))), height: int(int32(number(22))),
		bits: int(binary.LittleEndian.Uint16(data[28:])), compression: number(30)}
	if h.height < 0 {
		h.height, h.down = -h.height, true
	}
	masked := h.compression == masksBMP || h.compression == masks2BMP
	switch {
	case h.info < 40:
		return h, false, nil
	case h.compression == jpegBMP || h.compression == pngBMP:
		return h, false, unsupportedError("a JPEG or PNG file in a BMP file")
	case h.compression == packed8BMP && h.bits == 8 || h.compression == packed4BMP && h.bits == 4:
		return h, true, nil
	case h.compression == plainBMP && h.bits == 16:
		h.masks = [4]uint32{0x7c00, 0x3e0, 0x1f}
		return h, true, nil
	case !masked || h.bits != 16 && h.bits != 32:
		return h, false, nil
	case len(data) < 70:
		return h, false, errors.New("want masks of the colours, got a file that ends before them")
	}
	for k := range 3 {
		h.masks[k] = number(54 + 4*k)
	}
	if h.bits == 32 && (h.info >= 56 || h.compression == masks2BMP) {
		h.masks[3] = number(66)
	}
	for _, m := range h.masks[:3] {
		if m == 0 {
			return h, false, errors.New("want a mask for red, green and blue, got one of no bits")
		}
	}
	return h, true, nil
}

func configBMP(data []byte) (height, width int, err error) {
	h, own, err := readBMP(data)
	switch {
	case err != nil:
		return 0, 0, err
	case own && (h.compression == packed8BMP || h.compression == packed4BMP):
		return h.height, h.width, holdsMost(data, h.height, h.width, 128) // 255 pixels in two bytes
	case own:
		return h.height, h.width, holds(data, h.height, h.width, 1)
	}
	c, err := bmp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	bits := int(binary.LittleEndian.Uint16(data[28:])) // DecodeConfig has read a header of 40 bytes or more
	return c.Height, c.Width, holds(data, c.Height, c.Width, max(8/max(bits, 1), 1))
}

func decodeBMP(data []byte) (*Image, error) {
	o, err := pixelsBMP(data)
	if err == nil && o.Channels == 4 && allZero(o.Bytes[3:], 4) { // the fourth byte means nothing: x/image takes it for alpha if the header is long
		for i := 3; i < len(o.Bytes); i += 4 {
			o.Bytes[i] = 255
		}
	}
	return o, err
}

func pixelsBMP(data []byte) (*Image, error) {
	h, own, err := readBMP(data)
	switch {
	case err != nil:
		return nil, err
	case own && h.masks == [4]uint32{}:
		return h.packed(data)
	case own:
		return h.masked(data)
	}
	m, err := bmp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return fromImage(m)
}

// allZero reports whether every step-th number is 0.
func allZero(x []byte, step int) bool {
	for i := 0; i < len(x); i += step {
		if x[i] != 0 {
			return false
		}
	}
	return true
}

// row returns where in the picture a row of the file is.
func (h headerBMP) row(y int) int {
	if h.down {
		return y
	}
	return h.height - 1 - y
}

// masked reads pixels of 16 or 32 bits, each of which holds red, green, blue and perhaps alpha.
func (h headerBMP) masked(data []byte) (*Image, error) {
	o := &Image{Height: h.height, Width: h.width, Channels: 3}
	if h.masks[3] != 0 {
		o.Channels = 4
	}
	size := h.bits / 8
	stride := (h.width*size + 3) &^ 3
	if h.offset < 0 || h.offset > len(data) || len(data)-h.offset < (h.height-1)*stride+h.width*size {
		return nil, errors.Errorf("want %d bytes of pixels from byte %d on, got a file of %d bytes", (h.height-1)*stride+h.width*size, h.offset, len(data))
	}
	o.reserve()
	for y := range h.height {
		line := data[h.offset+h.row(y)*stride:]
		for x := range h.width {
			v := uint32(binary.LittleEndian.Uint16(line[x*size:]))
			if size == 4 {
				v = binary.LittleEndian.Uint32(line[x*size:])
			}
			for _, mask := range h.masks[:o.Channels] {
				least := bits.TrailingZeros32(mask)
				o.Bytes = append(o.Bytes, byte(uint64(v&mask>>least)*255/uint64(mask>>least)))
			}
		}
	}
	return o, nil
}

// packed reads pixels that are numbers of colours, of 8 or 4 bits, with runs of equal ones. Pixels that the
// data skip have the first colour, as Pillow shows them.
func (h headerBMP) packed(data []byte) (*Image, error) {
	m := image.NewPaletted(image.Rect(0, 0, h.width, h.height), nil)
	first := 14 + h.info
	if h.offset < first || h.offset > len(data) {
		return nil, errors.Errorf("want pixels behind the header of %d bytes, got them from byte %d of %d", first, h.offset, len(data))
	}
	for k := first; k+4 <= h.offset && len(m.Palette) < 1<<h.bits; k += 4 {
		m.Palette = append(m.Palette, color.NRGBA{data[k+2], data[k+1], data[k], 255})
	}
	in, x, y := data[h.offset:], 0, 0
	put := func(v byte) {
		if x < h.width && y < h.height {
			m.Pix[h.row(y)*h.width+x] = v
		}
		x++
	}
	number := func(b byte, k int) byte { // k-th pixel of a byte
		switch {
		case h.bits == 8:
			return b
		case k%2 == 0:
			return b >> 4
		}
		return b & 15
	}
	for y < h.height {
		if len(in) < 2 {
			return nil, errors.Errorf("want the mark of the end of the pixels, got a file that ends in row %d", y)
		}
		n, b := int(in[0]), in[1]
		in = in[2:]
		switch {
		case n > 0: // a run of one byte
			for k := range n {
				put(number(b, k))
			}
		case b == 0: // the end of a row
			x, y = 0, y+1
		case b == 1: // the end of the picture
			return fromPalette(m), nil
		case b == 2: // to the right and on to other rows
			if len(in) < 2 {
				return nil, errors.New("want a distance, got the end of the file")
			}
			x, y = x+int(in[0]), y+int(in[1])
			in = in[2:]
		default: // so many pixels as they are, in an even number of bytes
			size := (int(b)*h.bits + 7) / 8
			if len(in) < size {
				return nil, errors.Errorf("want %d pixels, got the end of the file", b)
			}
			for k := range int(b) {
				put(number(in[k*h.bits/8], k))
			}
			in = in[min(size+size%2, len(in)):]
		}
	}
	return fromPalette(m), nil
}
