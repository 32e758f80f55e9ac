package pixmap

import (
	"bytes"
	"math/bits"

	"github.com/pkg/errors"
	"golang.org/x/image/tiff"
)

// otherColours are the kinds of colours that are not read.
var otherColours = map[uint32]string{4: "a mask of transparency", 6: "luma and chroma (YCbCr)", 8: "colours of CIELab", 9: "colours of ICCLab", 10: "colours of ITULab",
	32803: "raw data of a camera", 32844: "logarithmic luminance", 32845: "logarithmic luminance", 34892: "raw data of a camera"}

func configTIFF(data []byte) (height, width int, err error) {
	if options := tag(data, tagFaxOptions, 0); tag(data, tagCompression, 1) == 3 && options != 0 { // what x/image/tiff v0.48.0 does not look at
		if options&1 != 0 {
			return 0, 0, unsupportedError("a fax code of two dimensions (T.4)")
		}
		return 0, 0, unsupportedError("a fax code with fill bits or without compression")
	}
	if name := otherColours[tag(data, tagPhotometric, 0)]; name != "" {
		return 0, 0, unsupportedError(name)
	}
	for _, kind := range valuesTIFF(data, tagSampleFormat) {
		if kind != 1 {
			return 0, 0, unsupportedError("samples that are no whole numbers from 0")
		}
	}
	perByte := maxDeflate * 8
	if isFax(data) {
		perByte = 1 << 17 // a blank row is one bit
	}
	if needsSamples(data) {
		s, err := readSamples(data)
		if err != nil {
			return 0, 0, err
		}
		return s.height, s.width, holds(data, s.height, s.width, perByte)
	}
	c, err := tiff.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	return c.Height, c.Width, holds(data, c.Height, c.Width, perByte)
}

// isFax reports whether the pixels of a TIFF file are in a fax code of CCITT.
func isFax(data []byte) bool {
	compression := tag(data, tagCompression, 1)
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
	o, err := pixelsTIFF(data)
	if err != nil {
		return nil, err
	}
	_, o.More = directoryAndNext(data)
	return o, nil
}

func pixelsTIFF(data []byte) (*Image, error) {
	if needsSamples(data) {
		s, err := readSamples(data)
		if err != nil {
			return nil, err
		}
		return s.decode()
	}
	if tag(data, tagFillOrder, 1) == 2 && !isFax(data) { // x/image/tiff v0.48.0 does not look at this
		var err error
		if data, err = reversed(data); err != nil {
			return nil, err
		}
	}
	m, err := tiff.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	o, err := fromImage(m)
	if err != nil {
		return nil, err
	}
	// In a fax code whose zeros are black, white runs are zeros: libtiff takes the bits as they are.
	// x/image/tiff v0.48.0 takes white runs for white.
	if isFax(data) && tag(data, tagPhotometric, 0) == 1 {
		for i := range o.Bytes {
			o.Bytes[i] = 255 - o.Bytes[i]
		}
	}
	return o, nil
}

// reversed returns the file with the bits of the bytes of its strips or tiles in reverse order.
func reversed(data []byte) ([]byte, error) {
	offsets, counts := blocksTIFF(data)
	all := int64(0)
	for _, n := range counts {
		if all += int64(n); all > int64(len(data)) { // they would take long
			return nil, errors.New("want strips that do not overlap, got some that do")
		}
	}
	y := bytes.Clone(data)
	for k := range min(len(offsets), len(counts)) {
		from := int(min(int64(offsets[k]), int64(len(data))))
		for i := from; i < min(from+int(counts[k]), len(data)); i++ {
			y[i] = bits.Reverse8(data[i])
		}
	}
	return y, nil
}
