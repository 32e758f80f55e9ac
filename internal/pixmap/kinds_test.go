package pixmap

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// A whole file of a kind that is not read is not called damaged.
func TestUnsupportedKinds(t *testing.T) {
	webp := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00ANIM")
	rle := change(file(t, "grey.bmp"), 30, 1) // the field for the compression
	for name, data := range map[string][]byte{"animated WebP": webp, "packed BMP": rle} {
		_, err := Decode(data)
		if err == nil || !strings.Contains(err.Error(), "of a kind that is read: convert it") || strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: the error is %v", name, err)
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
