// Package pixmap decodes pictures as viewers show them: upright, in the colours that the format
// means, whatever the file is called. It reads PNG, JPEG, GIF, BMP, TIFF, WebP and PNM: of several
// frames or pages, the first. The decoders are those of Go and of golang.org/x/image; what these leave to
// the caller, or do in another way than viewers, is done here.
package pixmap

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"image/png"
	"slices"

	"github.com/pkg/errors"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// Image is a decoded picture. It is upright, and its colours are not multiplied by alpha.
type Image struct {
	Format        string // "PNG", "JPEG", ...
	Height, Width int    // in pixels
	Channels      int    // 1: grey; 2: grey and alpha; 3: red, green and blue; 4: these and alpha

	// The numbers, (Height, Width, Channels). Bytes is nil for a picture of 16 bits, else Deep is.
	Bytes []byte
	Deep  []uint16

	More bool // the file has more pages, or frames of an animated PNG; this is the first
}

// maxPixels bounds the pixels of a picture.
const maxPixels = 1 << 28

// format is a format that is read.
type format struct {
	name  string
	magic func(head []byte) bool

	// config returns height and width as they are stored. It checks that the data can hold the
	// pixels.
	config func(data []byte) (height, width int, err error)

	decode      func(data []byte) (*Image, error) // as it is stored
	orientation func(data []byte) int             // 1 to 8 as in EXIF; nil if the format has none
}

func formats() []format {
	return []format{
		{"PNG", begins("\x89PNG\r\n\x1a\n"), configPNG, decodePNG, orientationPNG},
		{"JPEG", begins("\xff\xd8\xff"), configJPEG, decodeJPEG, orientationJPEG},
		{"GIF", begins("GIF87a", "GIF89a"), configGIF, decodeGIF, nil},
		{"BMP", begins("BM"), configBMP, decodeBMP, nil},
		{"TIFF", begins("II*\x00", "MM\x00*"), configTIFF, decodeTIFF, orientationOf},
		{"WebP", riff("WEBP"), configWebP, decodeWebP, orientationWebP},
		{"PNM", isPNM, configPNM, decodePNM, nil},
	}
}

// others are formats that are told from files without a picture, but not read.
func others() []format {
	return []format{
		{name: "AVIF", magic: brand("avif", "avis")},
		{name: "HEIC", magic: brand("heic", "heix", "heim", "heis", "hevc", "hevx")},
		{name: "HEIF", magic: brand("mif1", "msf1")}, // of pictures in any code
		{name: "JPEG XL", magic: begins("\xff\x0a", "\x00\x00\x00\x0cJXL ")},
		{name: "JPEG 2000", magic: begins("\x00\x00\x00\x0cjP  ", "\xff\x4f\xff\x51")},
		{name: "PSD", magic: begins("8BPS")},
		{name: "PDF", magic: begins("%PDF")},
		{name: "SVG", magic: isSVG},
		{name: "OpenEXR", magic: begins("\x76\x2f\x31\x01")},
		{name: "icon", magic: begins("\x00\x00\x01\x00")},
		{name: "BigTIFF", magic: begins("II+\x00", "MM\x00+")},
	}
}

func begins(magics ...string) func(head []byte) bool {
	return func(head []byte) bool {
		for _, m := range magics {
			if bytes.HasPrefix(head, []byte(m)) {
				return true
			}
		}
		return false
	}
}

func riff(kind string) func(head []byte) bool {
	return func(head []byte) bool {
		return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == kind
	}
}

// brand tells files of ISO media by their brands: the first one and those that the file is compatible with.
func brand(names ...string) func(head []byte) bool {
	return func(head []byte) bool {
		if len(head) < 12 || string(head[4:8]) != "ftyp" {
			return false
		}
		all := head[:min(len(head), int(min(binary.BigEndian.Uint32(head), headLen)))]
		for at := 8; at+4 <= len(all); at += 4 {
			if at != 12 && slices.Contains(names, string(all[at:at+4])) { // the second is a version
				return true
			}
		}
		return len(all) < 12 && slices.Contains(names, string(head[8:12]))
	}
}

// isSVG tells SVG files, perhaps after a declaration of XML, a type and comments.
func isSVG(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return bytes.HasPrefix(text, []byte("<svg")) || begins("<?xml", "<!--", "<!DOCTYPE svg")(text) && (bytes.Contains(text, []byte("<svg")) || bytes.Contains(text, []byte("<!DOCTYPE svg")))
}

// headLen is how many of its first bytes a file is told by.
const headLen = 512

// Sniff returns the name of the format of a picture that begins with head, or "". 512 bytes suffice.
func Sniff(head []byte) string {
	for _, f := range append(formats(), others()...) {
		if f.magic(head) {
			return f.name
		}
	}
	return ""
}

// Reads reports whether a format is read.
func Reads(name string) bool {
	for _, f := range formats() {
		if f.name == name {
			return true
		}
	}
	return false
}

func find(data []byte) (format, error) {
	for _, f := range formats() {
		if f.magic(data) {
			return f, nil
		}
	}
	if name := Sniff(data[:min(len(data), headLen)]); name != "" {
		return format{}, errors.Errorf("want a picture of a format that is read, got %s: convert it, for example to PNG", name)
	}
	if len(data) == 0 {
		return format{}, errors.New("want a picture, got an empty file")
	}
	return format{}, errors.New("want a picture, got a file of another kind")
}

// size returns the height and the width that the header states, as they are stored.
func (f format) size(data []byte) (height, width int, err error) {
	h, w, err := f.config(data)
	if err != nil {
		return 0, 0, f.fault(err)
	}
	if h < 1 || w < 1 || h > maxPixels/w {
		return 0, 0, errors.Errorf("want 1 to %d pixels, got %d x %d (height x width) in the header of the %s", maxPixels, h, w, f.name)
	}
	return h, w, nil
}

// fault tells whole files that no decoder here reads from damaged ones.
func (f format) fault(err error) error {
	var (
		inJPEG jpeg.UnsupportedError
		inPNG  png.UnsupportedError
		inTIFF tiff.UnsupportedError
		other  unsupportedError
	)
	if errors.As(err, &inJPEG) || errors.As(err, &inPNG) || errors.As(err, &inTIFF) || errors.As(err, &other) || errors.Is(err, bmp.ErrUnsupported) {
		return errors.WithMessagef(err, "want a %s of a kind that is read: convert it, for example to PNG", f.name)
	}
	return errors.WithMessagef(err, "damaged %s", f.name)
}

// unsupportedError is what a file has that is not read.
type unsupportedError string

func (e unsupportedError) Error() string { return "got " + string(e) }

// Size returns the height and the width of a picture as its header states them, before the picture is
// turned upright. It refuses what Decode refuses by the header alone, without decoding pixels.
func Size(data []byte) (height, width int, err error) {
	f, err := find(data)
	if err != nil {
		return 0, 0, err
	}
	return f.size(data)
}

func (f format) orient(data []byte) int {
	if f.orientation == nil {
		return 1
	}
	return f.orientation(data)
}

// Decode decodes a picture. It refuses pictures of more than 2^28 pixels, and, before it allocates them,
// those that the data cannot hold.
func Decode(data []byte) (*Image, error) {
	f, err := find(data)
	if err != nil {
		return nil, err
	}
	if _, _, err := f.size(data); err != nil {
		return nil, err
	}
	m, err := f.decode(data)
	if err != nil {
		return nil, f.fault(err)
	}
	m.Format = f.name
	m.dropOpaque()
	m.turn(f.orient(data))
	return m, nil
}

// holds returns an error if pixels cannot be in the data, whose format packs at most this many of
// them into a byte.
func holds(data []byte, height, width, perByte int) error {
	if height > 0 && width > 0 && height <= maxPixels/width && height*width/perByte > len(data) {
		return errors.Errorf("want the data of %d x %d pixels (height x width), as its header states, got %d bytes", height, width, len(data))
	}
	return nil
}

// smallPixels bounds the pixels of a picture whose file may be as short as can be, because its format stores
// areas of one colour in next to nothing: 4096 x 4096.
const smallPixels = 1 << 24

// holdsMost is holds for formats in which a few bytes can stand for any number of pixels: there may be
// smallPixels, and more only if the data have a byte for at most perByte of them.
func holdsMost(data []byte, height, width, perByte int) error {
	if height > 0 && width > 0 && height <= smallPixels/width {
		return nil
	}
	return holds(data, height, width, perByte)
}
