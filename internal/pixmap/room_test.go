package pixmap

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"runtime"
	"testing"
)

// Decoding takes the memory of the picture, of the decoder's own copy of it and little more.
func TestRoom(t *testing.T) {
	const side = 1000
	grey, rgb := image.NewGray(image.Rect(0, 0, side, side)), image.NewRGBA(image.Rect(0, 0, side, side))
	for i := 3; i < len(rgb.Pix); i += 4 {
		rgb.Pix[i] = 255
	}
	var greyPNG, rgbPNG, jpg bytes.Buffer
	if png.Encode(&greyPNG, grey) != nil || png.Encode(&rgbPNG, rgb) != nil || jpeg.Encode(&jpg, rgb, nil) != nil {
		t.Fatal("cannot encode the pictures")
	}
	for name, c := range map[string]struct {
		data  []byte
		bytes uint64 // a pixel
	}{
		"PNG, grey":   {greyPNG.Bytes(), 1 + 1},
		"PNG, colour": {rgbPNG.Bytes(), 4 + 4},
		"JPEG":        {jpg.Bytes(), 2 + 3}, // its colours have half the resolution
		"PPM":         {append([]byte("P6 1000 1000 255\n"), make([]byte, 3*side*side)...), 3},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(c.data)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; err != nil || n > c.bytes*side*side*5/4 {
			t.Errorf("%s: %d bytes a million pixels, want about %d million (%v)", name, n, c.bytes, err)
		}
	}
}
