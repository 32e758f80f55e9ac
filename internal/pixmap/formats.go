package pixmap

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"

	"github.com/pkg/errors"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func configJPEG(data []byte) (height, width int, err error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	return c.Height, c.Width, holds(data, c.Height, c.Width, 1024)
}

// decodeJPEG decodes a JPEG file, also one that lacks the marker of its end.
func decodeJPEG(data []byte) (*Image, error) {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		end := bytes.TrimSuffix(data, []byte("\xff"))
		var other error
		if m, other = jpeg.Decode(bytes.NewReader(append(bytes.Clone(end), 0xff, 0xd9))); other != nil || !hasAllScans(data) {
			return nil, err
		}
	}
	return fromImage(m)
}

func configGIF(data []byte) (height, width int, err error) {
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	return c.Height, c.Width, nil // the first frame may cover a small part of the canvas
}

// decodeGIF decodes the first frame onto the whole canvas. What the frame does not cover is
// transparent. image/gif returns the frame alone.
func decodeGIF(data []byte) (*Image, error) {
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
	canvas := image.Rect(0, 0, c.Width, c.Height)
	part := fromPalette(frame)
	box := frame.Bounds().Intersect(canvas)
	if box == canvas && frame.Bounds() == canvas {
		return part, nil
	}
	whole := &Image{Height: c.Height, Width: c.Width, Channels: part.Channels, Bytes: make([]byte, c.Height*c.Width*part.Channels)}
	n := part.Channels
	for y := box.Min.Y; y < box.Max.Y; y++ {
		from := ((y-frame.Rect.Min.Y)*part.Width + box.Min.X - frame.Rect.Min.X) * n
		copy(whole.Bytes[(y*c.Width+box.Min.X)*n:][:box.Dx()*n], part.Bytes[from:])
	}
	return whole, nil
}

func configBMP(data []byte) (height, width int, err error) {
	c, err := bmp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	bits := int(binary.LittleEndian.Uint16(data[28:])) // DecodeConfig has read a header of 40 bytes or more
	return c.Height, c.Width, holds(data, c.Height, c.Width, max(8/max(bits, 1), 1))
}

func decodeBMP(data []byte) (*Image, error) {
	m, err := bmp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	o, err := fromImage(m)
	if err == nil && o.Channels == 4 && allZero(o.Bytes[3:], 4) { // the fourth byte means nothing: x/image takes it for alpha if the header is long
		for i := 3; i < len(o.Bytes); i += 4 {
			o.Bytes[i] = 255
		}
	}
	return o, err
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

func configTIFF(data []byte) (height, width int, err error) {
	switch { // what x/image/tiff v0.48.0 does not look at
	case tag(data, 284, 1) == 2 && tag(data, 277, 1) > 1:
		return 0, 0, unsupportedError("a plane for each channel")
	case tag(data, 266, 1) == 2 && !isFax(data):
		return 0, 0, unsupportedError("bits in reverse order")
	case tag(data, 259, 1) == 3 && tag(data, 292, 0) != 0:
		return 0, 0, unsupportedError("a fax code of two dimensions or with fill bits")
	}
	c, err := tiff.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	perByte := maxDeflate * 8
	if isFax(data) {
		perByte = 1 << 17 // a blank row is one bit
	}
	return c.Height, c.Width, holds(data, c.Height, c.Width, perByte)
}

// isFax reports whether the pixels of a TIFF file are in a fax code of CCITT.
func isFax(data []byte) bool {
	compression := tag(data, 259, 1)
	return compression == 3 || compression == 4
}

// tag returns the number of a field of a TIFF file, or standard if it is not there.
func tag(data []byte, name uint16, standard uint32) uint32 {
	for _, e := range directory(data) {
		if e.tag == name && e.count == 1 {
			return e.value
		}
	}
	return standard
}

func decodeTIFF(data []byte) (*Image, error) {
	m, err := tiff.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	o, err := fromImage(m)
	if err != nil {
		return nil, err
	}
	_, o.More = directoryAndNext(data)
	// In a fax code whose zeros are black, white runs are zeros: libtiff takes the bits as they are.
	// x/image/tiff v0.48.0 takes white runs for white.
	if isFax(data) && tag(data, 262, 0) == 1 {
		for i := range o.Bytes {
			o.Bytes[i] = 255 - o.Bytes[i]
		}
	}
	return o, nil
}
