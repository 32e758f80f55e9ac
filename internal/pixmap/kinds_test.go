package pixmap

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// with returns a TIFF file with another number in a field.
func with(t *testing.T, name string, field uint16, v uint16) []byte {
	t.Helper()
	data := bytes.Clone(file(t, name))
	for _, e := range directory(data) {
		if e.tag == field {
			orderTIFF(data).PutUint16(data[e.at:], v)
			return data
		}
	}
	t.Fatalf("%s has no field %d", name, field)
	return nil
}

// A whole file of a kind that is not read is not called damaged: the error says what is not read.
func TestUnsupportedKinds(t *testing.T) {
	fax := with(t, "group3-0.tif", tagCompression, 3)
	at := -1
	for _, e := range directory(fax) {
		if e.tag == tagRows { // becomes the field for the options of the code: one strip is the standard
			at = e.at - 8
		}
	}
	options := func(v byte) []byte { return change(change(fax, at, 292&0xff, 292>>8), at+8, v, 0) }
	for _, c := range []struct {
		want string
		data []byte
	}{
		{"a JPEG or PNG file in a BMP file", change(file(t, "grey.bmp"), 30, jpegBMP)},
		{"a JPEG or PNG file in a BMP file", change(file(t, "grey.bmp"), 30, pngBMP)},
		{"luma and chroma", file(t, "ycbcr.tif")},
		{"CIELab", file(t, "lab.tif")},
		{"samples that are no whole numbers", file(t, "float.tif")},
		{"samples of 32 bits", file(t, "la32.tif")},
		{"inks other than", withInks(t)},
		{"a predictor for fractions", with(t, "rgbx.tif", tagPredictor, 3)},
		{"the compression 34712", with(t, "lx.tif", tagCompression, 34712)},
		{"a fax code of two dimensions", options(1)},
		{"a fax code with fill bits", options(4)},
	} {
		_, err := Decode(c.data)
		if err == nil || !strings.Contains(err.Error(), "of a kind that is read: convert it") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "damaged") {
			t.Errorf("the error is %v, want %q", err, c.want)
		}
	}
}

// withInks returns a TIFF file whose four inks are others: another field becomes that for the inks.
func withInks(t *testing.T) []byte {
	t.Helper()
	data := file(t, "cmyk.tif")
	for _, e := range directory(data) {
		if e.tag == 305 { // the program
			return change(data, e.at-8, tagInks&0xff, tagInks>>8, 3, 0, 1, 0, 0, 0, 2, 0)
		}
	}
	t.Fatal("cmyk.tif has no field 305")
	return nil
}

// Formats are told from each other by more than how their files begin.
func TestSniff(t *testing.T) {
	box := func(brands ...string) []byte {
		text := "ftyp" + brands[0] + "\x00\x00\x00\x00" + strings.Join(brands[1:], "")
		return append(binary.BigEndian.AppendUint32(nil, uint32(4+len(text))), text+"\x00\x00\x00\x20metaavifheic"...)
	}
	for _, c := range []struct {
		data []byte
		want string
	}{
		{box("avif", "mif1", "miaf"), "AVIF"},
		{box("mif1", "miaf", "avif"), "AVIF"},
		{box("heic", "mif1"), "HEIC"},
		{box("mif1", "heic", "miaf"), "HEIC"},
		{box("mif1", "miaf"), "HEIF"},
		{box("isom", "mp41"), ""},
		{[]byte("<svg xmlns='http://www.w3.org/2000/svg'>"), "SVG"},
		{[]byte("\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- made -->\n<svg>"), "SVG"},
		{[]byte("<?xml version='1.0'?><annotation><folder>VOC2012</folder></annotation>"), ""},
		{[]byte("<!DOCTYPE html><html><svg>"), ""},
	} {
		if got := Sniff(c.data); got != c.want {
			t.Errorf("%q is %q, want %q", c.data, got, c.want)
		}
	}
}

// A few bytes make no picture of hundreds of megabytes, and a small one of one colour.
func TestFewBytes(t *testing.T) {
	gif := []byte("GIF89a\x00\x00\x00\x00\x80\x00\x00\x0a\x14\x1e\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
	lossless := func(side int) []byte { // of one colour: codes of one symbol take no bits
		bits := uint64(side-1) | uint64(side-1)<<14
		b := binary.LittleEndian.AppendUint32([]byte("RIFF\x20\x00\x00\x00WEBPVP8L\x14\x00\x00\x00\x2f"), uint32(bits))
		// no transform, no cache, one group; five codes of one symbol of one bit, which is 0
		return append(b, 0b10001000, 0b1000_0000|0b1000, 0b1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	for name, c := range map[string]struct {
		data []byte
		side int
		ok   bool
	}{
		"a GIF of 4096 x 4096":   {change(gif, 6, 0, 16, 0, 16), 4096, true},
		"a GIF of 16384 x 16384": {change(gif, 6, 0, 64, 0, 64), 16384, false},
		"a WebP of 16384":        {lossless(16384), 16384, false},
		"a WebP of 4096":         {lossless(4096), 4096, true},
	} {
		got, err := DecodeConfig(c.data)
		if (err == nil) != c.ok || c.ok && (got.Height != c.side || got.Width != c.side) {
			t.Errorf("%s: %+v (%v)", name, got, err)
		}
		if !c.ok && !strings.Contains(err.Error(), "want the data of 16384 x 16384 pixels") {
			t.Errorf("%s: the error is %v", name, err)
		}
		allocated(t, name, c.data)
	}
	m, err := Decode(gif) // its canvas of no pixels grows to its frame
	if err != nil || m.Height != 1 || m.Width != 1 || m.Channels != 3 || !bytes.Equal(m.Bytes, []byte{10, 20, 30}) {
		t.Errorf("a GIF of one pixel is %+v (%v)", m, err)
	}
}

// Headers that contradict the pictures are found before anything is decoded.
func TestContradictions(t *testing.T) {
	part := file(t, "moving-part.webp")
	frame := bytes.Index(part, []byte("ANMF")) + 8
	alpha := file(t, "alpha.webp")
	palette := file(t, "rle8.bmp")
	for name, c := range map[string]struct {
		want string
		data []byte
	}{
		"a frame outside of the canvas": {"want a first frame inside of the canvas of 11 x 20", change(part, frame, 7)},
		"a frame of another size":       {"as the header states, got one of 6 x 8", change(part, frame+6, 8)},
		"an animation without frames":   {"want a frame of the animation", part[:frame-8]},
		"a canvas without a picture":    {"want a picture, got none", alpha[:30]},
		"a canvas of 16384":             {"want a picture of 16384 x 16384", change(alpha, 24, 255, 63, 0, 255, 63, 0)},
		"a canvas of another size":      {"want a picture of 13 x 18", change(alpha, 24, 17)},
		"strips that overlap":           {"strips that do not overlap", with(t, "reverse.tif", tagStripCounts, 65535)},
		"a strip beyond the file":       {"got a file of", with(t, "cmyk16.tif", tagStripOffsets, 60000)},
		"fewer samples":                 {"want 4 samples a pixel or more, got 3", with(t, "cmyk.tif", tagSamples, 3)},
		"short strips":                  {"bytes of a strip or tile, got", with(t, "la16.tif", tagStripCounts, 100)},
		"strips of no rows":             {"want strips or tiles about as large", with(t, "la.tif", tagRows, 0)},
		"rows without an end":           {"want the mark of the end of the pixels", palette[:len(palette)-6]},
		"pixels within the header":      {"want pixels behind the header", change(palette, 10, 20)},
		"a colour without bits":         {"want a mask for red, green and blue", change(file(t, "565.bmp"), 54, 0, 0, 0, 0)},
		"few masked pixels":             {"want 96 bytes of pixels", change(file(t, "555.bmp"), 10, 60)},
	} {
		_, err := Decode(c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, c.want)
		}
	}
}

// What the pixels of a packed BMP file leave out has the first colour.
func TestEarlyEnd(t *testing.T) {
	data := file(t, "rle8.bmp")
	m, err := Decode(change(data, len(data)-8, 0, 1)) // instead of the last row
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Decode(data)
	if err != nil || !bytes.Equal(m.Bytes[3*8:], whole.Bytes[3*8:]) {
		t.Errorf("the other rows differ (%v)", err)
	}
	for x := range 8 {
		if got := [3]byte(m.Bytes[3*x:]); got != [3]byte{0, 255, 0} {
			t.Errorf("pixel %d is %v", x, got)
		}
	}
}

// An orientation of 32 bits, which the standard does not have, turns the picture as one of 16 bits does.
func TestLongOrientation(t *testing.T) {
	data := bytes.Clone(file(t, "turned6.jpg"))
	want, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	exif := bytes.Index(data, []byte("Exif\x00\x00")) + 6
	var order binary.ByteOrder = binary.LittleEndian
	if data[exif] == 'M' {
		order = binary.BigEndian
	}
	directory := data[exif+int(order.Uint32(data[exif+4:])):]
	for k := range int(order.Uint16(directory)) {
		if e := directory[2+12*k:]; order.Uint16(e) == 274 {
			order.PutUint16(e[2:], 4)
			order.PutUint32(e[8:], 6)
		}
	}
	got, err := Decode(data)
	if err != nil || got.Height != want.Height || !bytes.Equal(got.Bytes, want.Bytes) {
		t.Errorf("the picture is not turned (%v)", err)
	}
}
