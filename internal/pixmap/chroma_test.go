package pixmap

import (
	"image"
	"slices"
	"testing"
)

// Rows of colours at half the height count three quarters where they lie, and their neighbours a quarter.
// (The other ratios are compared with Pillow.)
func TestChroma440(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 2, 5), image.YCbCrSubsampleRatio440)
	for i := range m.Y {
		m.Y[i] = 100
	}
	for i, v := range []byte{128, 168, 88} { // three rows for five
		for x := range 2 {
			m.Cb[i*m.CStride+x], m.Cr[i*m.CStride+x] = 128, v
		}
	}
	got := fromYCbCr(m)
	var red []byte
	for y := range 5 {
		red = append(red, got.Bytes[y*6])
	}
	var want []byte
	for _, cr := range []int32{128, (3*128 + 168 + 2) / 4, (3*168 + 128 + 1) / 4, (3*168 + 88 + 2) / 4, (3*88 + 168 + 1) / 4} {
		r, _, _ := rgbOf(100, 0, cr-128)
		want = append(want, r)
	}
	if !slices.Equal(red, want) || got.Height != 5 || got.Width != 2 || got.Channels != 3 {
		t.Errorf("got %v in %d x %d, want %v", red, got.Height, got.Width, want)
	}
}

// Grey has no colour, black and white are the ends, and beyond them numbers are cut off.
func TestRGBOf(t *testing.T) {
	for _, c := range [][6]int{{0, 0, 0, 0, 0, 0}, {255, 0, 0, 255, 255, 255}, {77, 0, 0, 77, 77, 77}, {76, -43, 127, 254, 0, 0}, {255, 127, 127, 255, 121, 255}} {
		r, g, b := rgbOf(int32(c[0]), int32(c[1]), int32(c[2]))
		if got := [3]int{int(r), int(g), int(b)}; got != [3]int{c[3], c[4], c[5]} {
			t.Errorf("%v gives %v", c[:3], got)
		}
	}
}
