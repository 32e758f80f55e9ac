package images

import (
	"bytes"
	"fmt"
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// colored returns a set of n images of 2x3 in colour, with labels number%3.
func colored(n int) *Set {
	s := numbered(n)
	s.Channels, s.Pixels = 3, nil
	for i := range 18 * n {
		s.Pixels = append(s.Pixels, byte(i*37))
	}
	return s
}

// noise returns a set of n images of 5x4 in colour.
func noise(n int) *Set {
	s := &Set{Channels: 3, Height: 5, Width: 4}
	for i := range 60 * n {
		s.Pixels = append(s.Pixels, byte(i*i*7+i*101))
	}
	return s
}

func TestSize(t *testing.T) {
	s := noise(3)
	if s.Len() != 3 || len(s.Image(2)) != 60 || s.Image(1)[0] != s.Pixels[60] || s.Label(0) != -1 {
		t.Errorf("%d images, label %d", s.Len(), s.Label(0))
	}
	size := s.Size()
	if x, y := s.Shape(); !slices.Equal(x, []int{3, 5, 4}) || y != nil || size.Pixels() != 20 || size.Numbers() != 60 {
		t.Errorf("shape %v, %v, %d pixels, %d numbers", x, y, size.Pixels(), size.Numbers())
	}
	for size, want := range map[Size]string{
		{1, 28, 20}: "28 x 20 pixels",
		{3, 28, 20}: "28 x 20 pixels in colour",
		{4, 28, 20}: "28 x 20 pixels of 4 channels",
	} {
		if size.String() != want {
			t.Errorf("%q, want %q", size, want)
		}
	}
	for _, c := range []Color{Auto, Grey, RGB} {
		if got, err := ParseColor(c.String()); got != c || err != nil {
			t.Errorf("%v was read as %v (%v)", c, got, err)
		}
	}
	for _, bad := range []string{"", "gray", "RGB", "colour"} {
		if c, err := ParseColor(bad); err == nil {
			t.Errorf("%q was read as %v", bad, c)
		}
	}
}

// ReadFolder reads back what WriteFolder wrote.
func TestWriteColor(t *testing.T) {
	s := noise(12)
	values := make([]float32, len(s.Pixels))
	for i, b := range s.Pixels {
		values[i] = float32(b) / 255
	}
	for i, from := range []Source{s, plain{s}, FromValues(s.Size(), values)} {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := WriteFolder(t.Context(), dir, from); err != nil {
			t.Fatal(err)
		}
		for _, c := range []Color{Auto, RGB} {
			back, err := ReadFolder(dir, Options{Color: c})
			if err != nil || fingerprint(back) != fingerprint(s) {
				t.Errorf("%v: ReadFolder does not read what WriteFolder wrote: %v", c, err)
			}
		}
		back, err := ReadFolder(dir, Options{Color: Grey})
		grey, err2 := s.In(Grey)
		if err != nil || err2 != nil || fingerprint(back) != fingerprint(grey) {
			t.Errorf("the set in grey is not the folder in grey: %v, %v", err, err2)
		}
	}
	if err := WriteFolder(t.Context(), t.TempDir(), FromValues(Size{2, 1, 1}, []float32{0, 1})); err == nil {
		t.Error("images of 2 channels were written")
	}
}

func TestIn(t *testing.T) {
	s := noise(100)
	grey, err := s.In(Grey)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range grey.Pixels {
		r, g, b := s.Pixels[3*i], s.Pixels[3*i+1], s.Pixels[3*i+2]
		if want := color.GrayModel.Convert(color.RGBA{r, g, b, 255}).(color.Gray).Y; v != want {
			t.Fatalf("%d, %d, %d became %d, want %d", r, g, b, v, want)
		}
	}
	for v := range 256 {
		if got := luminance(byte(v), byte(v), byte(v)); got != byte(v) {
			t.Errorf("a grey of %d became %d", v, got)
		}
	}
	back, err := grey.In(RGB)
	if err != nil || back.Size() != s.Size() || back.Len() != 100 {
		t.Fatalf("%v, %v", back.Size(), err)
	}
	for i, v := range grey.Pixels {
		if !bytes.Equal(back.Pixels[3*i:3*i+3], []byte{v, v, v}) {
			t.Fatalf("a grey of %d became %v", v, back.Pixels[3*i:3*i+3])
		}
	}
	for _, c := range []struct {
		s *Set
		c Color
	}{{s, Auto}, {s, RGB}, {grey, Auto}, {grey, Grey}, {FromValues(Size{2, 1, 1}, nil), Auto}} {
		if same, err := c.s.In(c.c); same != c.s || err != nil {
			t.Errorf("%v in %v is another set (%v)", c.s.Size(), c.c, err)
		}
	}
	for _, c := range []Color{Grey, RGB} {
		if _, err := FromValues(Size{2, 1, 1}, nil).In(c); err == nil {
			t.Errorf("2 channels became %v", c)
		}
	}
}

// The fingerprint depends on the channels, and HoldOut keeps them.
func TestColorFingerprintAndHoldOut(t *testing.T) {
	s := colored(20)
	wide, flat := *s, *s
	wide.Channels, wide.Width = 1, 9
	flat.Channels, flat.Height = 1, 6
	seen := map[string]bool{}
	for _, s := range []*Set{s, &wide, &flat, colored(19)} {
		seen[fingerprint(s)] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d fingerprints of 4 sets", len(seen))
	}
	// Pinned, since checkpoints hold it.
	if got, want := fingerprint(s), "2fcd04f12743818a7e8c8dabbc480a84d1eff6a155a5a1238febb40b2e8ef15d"; got != want {
		t.Errorf("the fingerprint is %s, want %s", got, want)
	}
	train, test, held, err := colored(20).HoldOut(0.25)
	if err != nil || train.Len()+test.Len() != 20 || len(held) != test.Len() {
		t.Fatalf("%d and %d images, of which %v are held out (%v)", train.Len(), test.Len(), held, err)
	}
	for k, i := range held {
		if test.Size() != s.Size() || test.Name != s.Name || !bytes.Equal(test.Image(k), s.Image(i)) || test.Label(k) != s.Label(i) {
			t.Errorf("image %d of the second part is not image %d of the set", k, i)
		}
	}
	k := 0
	for i := range s.Len() {
		if slices.Contains(held, i) {
			continue
		}
		if train.Size() != s.Size() || !bytes.Equal(train.Image(k), s.Image(i)) || train.Label(k) != s.Label(i) {
			t.Errorf("image %d of the first part is not image %d of the set", k, i)
		}
		k++
	}
}

// Each number of a colour image is binarized alone, as in a grey image three times as wide.
func TestBinarizeColor(t *testing.T) {
	s := noise(4)
	wide := *s
	wide.Channels, wide.Width = 1, 12
	for _, how := range []Binarization{Threshold, Stochastic} {
		if !bytes.Equal(drawn(how.Fixed(s)).Pixels, drawn(how.Fixed(&wide)).Pixels) {
			t.Errorf("%v: channels are not binarized one by one", how)
		}
	}
}

func TestWrongColor(t *testing.T) {
	s := &Set{Name: "grey", Channels: 1, Height: 1, Width: 1, Pixels: []byte{7}}
	if _, err := s.In(Color(9)); err == nil || !strings.Contains(err.Error(), "Color(9)") {
		t.Errorf("want an error that names Color(9), got %v", err)
	}
	if got := Binarization(-1).String(); got != "Binarization(-1)" {
		t.Errorf("got %q", got)
	}
}
