package report

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// shades returns n images of height x width, each with other pixels.
func shades(n, channels, height, width int) *images.Set {
	s := &images.Set{Name: "shades", Channels: channels, Height: height, Width: width}
	for i := range n * s.Size().Numbers() {
		s.Pixels = append(s.Pixels, byte(i*i/7+3*i))
	}
	return s
}

func albumOf(t *testing.T, s *images.Set) *album {
	t.Helper()
	a, err := newAlbum(t.Context(), s, s.Len())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// PNG gives back each image from its place in the mosaic, in any arrangement.
func TestAlbumIsLossless(t *testing.T) {
	for _, channels := range []int{1, 3} {
		a := albumOf(t, shades(11, channels, 5, 7))
		for _, g := range []arrangement{single, a.mosaic(), {2, 2}, {11, 1}, {3, 7}} {
			decoded := make([]byte, len(a.pixels))
			p, err := a.measure(t.Context(), bestPNG(), g, decoded)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(decoded, a.pixels) || p.SquaredError != 0 || !math.IsInf(p.PSNR, 1) || p.Images != 11 {
				t.Errorf("%d channels, %v: %+v, the same pixels: %v", channels, g, p, slices.Equal(decoded, a.pixels))
			}
		}
	}
}

// Bytes and errors are those of the encoder called by hand.
func TestAlbumMeasures(t *testing.T) {
	s := shades(1, 1, 16, 16)
	a := albumOf(t, s)
	p, err := a.measure(t.Context(), jpegAt(30), single, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, &image.Gray{Pix: s.Pixels, Stride: 16, Rect: image.Rect(0, 0, 16, 16)}, &jpeg.Options{Quality: 30}); err != nil {
		t.Fatal(err)
	}
	size := b.Len()
	m, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	squared := 0.0
	for i, v := range s.Pixels {
		d := (float64(v) - float64(m.(*image.Gray).Pix[i])) / 255
		squared += d * d
	}
	if p.Bytes != int64(size) || math.Abs(p.SquaredError-squared) > 1e-9 || math.Abs(p.PSNR-10*math.Log10(256/squared)) > 1e-9 {
		t.Errorf("got %+v, want %d bytes and an error of %v", p, size, squared)
	}
}

// A mosaic has room for all images, and its sides are at most maxMosaic if an image's are.
func TestMosaic(t *testing.T) {
	for _, c := range []struct {
		n, height, width int
		want             arrangement
		text             string
	}{
		{1, 28, 28, single, "single files"},
		{10000, 28, 28, arrangement{100, 100}, "one mosaic"},
		{10, 8, 8, arrangement{4, 3}, "one mosaic"},
		{6, 10, 40, arrangement{2, 3}, "one mosaic"},
		{60000, 28, 28, arrangement{146, 146}, "3 mosaics"},
		{3, 3000, 5000, single, "single files"},
		{5, 5000, 1000, arrangement{4, 1}, "2 mosaics"},
	} {
		a := &album{size: images.Size{Channels: 1, Height: c.height, Width: c.width}, pixels: make([]byte, c.n*c.height*c.width)}
		if got := a.mosaic(); got != c.want || a.text(got) != c.text {
			t.Errorf("%d of %d x %d: got %v, %q, want %v, %q", c.n, c.height, c.width, got, a.text(got), c.want, c.text)
		}
	}
}

// Small images are smaller as a mosaic, and a single image has no other arrangement.
func TestArrange(t *testing.T) {
	small := shades(50, 1, 8, 8)
	a := albumOf(t, small)
	if g, err := arrange(t.Context(), small, []pictureCodec{jpegAt(50)}, a); err != nil || g != a.mosaic() {
		t.Errorf("got %v, %v, want a mosaic", g, err)
	}
	one := shades(1, 1, 8, 8)
	if g, err := arrange(t.Context(), one, []pictureCodec{jpegAt(50)}, albumOf(t, one)); err != nil || g != single {
		t.Errorf("one image: got %v, %v", g, err)
	}
}

func TestDigits(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", 0.123: "0.12", 9.876: "9.88", 12.34: "12.3", 123.4: "123", 12345.6: "12346"} {
		if got := digits(v); got != want {
			t.Errorf("%v is %s, want %s", v, got, want)
		}
	}
}
