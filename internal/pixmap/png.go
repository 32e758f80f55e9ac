package pixmap

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/png"

	"github.com/pkg/errors"
)

const (
	pngMagic = "\x89PNG\r\n\x1a\n"
	endPNG   = "\x00\x00\x00\x00IEND\xae\x42\x60\x82"
)

// maxDeflate is how many bytes a byte of DEFLATE unpacks to at most.
const maxDeflate = 1032

// chunkPNG is a chunk of a PNG file.
type chunkPNG struct {
	name string
	data []byte
	all  []byte // with length, name and checksum
}

// chunksPNG calls use for each whole chunk, until use returns false.
func chunksPNG(data []byte, use func(c chunkPNG) bool) {
	for at := len(pngMagic); at+12 <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[at:]))
		end := int64(at) + 12 + n
		if end > int64(len(data)) {
			return
		}
		c := chunkPNG{string(data[at+4 : at+8]), data[at+8 : end-4], data[at:end]}
		if !use(c) {
			return
		}
		at = int(end)
	}
}

func configPNG(data []byte) (height, width int, err error) {
	if len(data) < 33 || string(data[12:16]) != "IHDR" {
		return 0, 0, errors.New("want a whole header, got less")
	}
	w, h := binary.BigEndian.Uint32(data[16:]), binary.BigEndian.Uint32(data[20:])
	if w > maxPixels || h > maxPixels {
		w, h = min(w, 1<<30), min(h, 1<<30) // they are refused by the caller
	}
	depth, channels := int(data[24]), map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[25]]
	if channels == 0 || depth < 1 || depth > 16 {
		return 0, 0, errors.Errorf("want a type of colour and a depth of the format, got %d and %d", data[25], depth)
	}
	return int(h), int(w), holds(data, int(h), int(w), max(maxDeflate*8/(depth*channels), 1))
}

// decodePNG decodes a PNG file without its ancillary chunks, except for transparency: they may be
// damaged, and no viewer minds that.
func decodePNG(data []byte) (*Image, error) {
	file := append(make([]byte, 0, len(data)), pngMagic...)
	var fault error
	whole, animated := false, false
	chunksPNG(data, func(c chunkPNG) bool {
		critical := c.name[0]&0x20 == 0
		if critical && crc32.ChecksumIEEE(c.all[4:len(c.all)-4]) != binary.BigEndian.Uint32(c.all[len(c.all)-4:]) {
			fault = errors.Errorf("want a right checksum of %q, got a wrong one", c.name)
			return false
		}
		if critical || c.name == "tRNS" {
			file = append(file, c.all...)
		}
		animated = animated || c.name == "acTL"
		whole = c.name == "IEND"
		return !whole
	})
	if fault != nil {
		return nil, fault
	}
	if !whole { // viewers show a picture that lacks nothing but its end
		file = append(file, endPNG...)
	}
	m, err := png.Decode(bytes.NewReader(file))
	switch {
	case err != nil && !whole:
		return nil, errors.New("want a whole file, got one that ends too early")
	case err != nil:
		return nil, err
	}
	o, err := fromImage(m)
	if err == nil {
		o.More = animated
	}
	if err == nil && o.Channels == 4 && data[25]&2 == 0 { // grey with alpha, for which Go has no type
		o.Channels, o.Bytes, o.Deep = 2, firstAndLast(o.Bytes), firstAndLast(o.Deep)
	}
	return o, err
}

// firstAndLast returns the first and the last of every four numbers.
func firstAndLast[T byte | uint16](x []T) []T {
	if x == nil {
		return nil
	}
	y := make([]T, 0, len(x)/2)
	for ; len(x) > 0; x = x[4:] {
		y = append(y, x[0], x[3])
	}
	return y
}

// orientationPNG finds the orientation in the EXIF data of a PNG file.
func orientationPNG(data []byte) int {
	orientation := 1
	chunksPNG(data, func(c chunkPNG) bool {
		if c.name == "eXIf" {
			orientation = orientationOf(c.data)
			return false
		}
		return c.name != "IEND"
	})
	return orientation
}
