package images

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

// greys returns a set of n images of 16x16. Each has every grey once.
func greys(n int) *Set {
	s := &Set{Channels: 1, Height: 16, Width: 16}
	for range n {
		for v := range 256 {
			s.Pixels = append(s.Pixels, byte(v))
		}
	}
	return s
}

// drawn returns the images of a binarized set as a set in memory.
func drawn(from *Binarized) *Set {
	size, read := from.Size(), from.Bytes(from)
	s := &Set{Channels: size.Channels, Height: size.Height, Width: size.Width}
	for i := range from.Len() {
		s.Pixels = append(s.Pixels, read(7, i, make([]byte, size.Numbers()))...)
	}
	return s
}

func TestThreshold(t *testing.T) {
	s := greys(2)
	before := slices.Clone(s.Pixels)
	for i, v := range drawn(Threshold.Fixed(s)).Pixels {
		if want := map[bool]byte{true: 255}[s.Pixels[i] >= 128]; v != want {
			t.Errorf("%d became %d", s.Pixels[i], v)
		}
	}
	if !bytes.Equal(drawn(NotBinarized.Fixed(s)).Pixels, before) || !bytes.Equal(s.Pixels, before) {
		t.Error("the set itself has changed")
	}
}

// Each grey becomes white with its own probability. A fixed draw is always the same; training draws
// each image anew in each epoch.
func TestStochastic(t *testing.T) {
	const n = 4000
	s := greys(n)
	fixed := drawn(Stochastic.Fixed(s))
	if !bytes.Equal(fixed.Pixels, drawn(Stochastic.Fixed(s)).Pixels) {
		t.Error("the fixed draw differs from time to time")
	}
	a, err := Augment(s, Augmentation{Binarize: Stochastic}, 1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Augment(s, Augmentation{Binarize: Stochastic}, 2)
	if err != nil {
		t.Fatal(err)
	}
	get := func(a *Augmented, epoch, i int) []byte { return a.Bytes(a)(epoch, i, make([]byte, 256)) }
	if !bytes.Equal(get(a, 3, 5), get(a, 3, 5)) {
		t.Error("an image of an epoch differs from time to time")
	}
	for what, same := range map[string]bool{
		"epochs": bytes.Equal(get(a, 3, 5), get(a, 4, 5)), "seeds": bytes.Equal(get(a, 3, 5), get(other, 3, 5)),
		"images": bytes.Equal(get(a, 3, 5), get(a, 3, 6)), "images of a fixed draw": bytes.Equal(fixed.Image(0), fixed.Image(1)),
	} {
		if same {
			t.Errorf("two %s are drawn alike", what)
		}
	}
	var white [2][256]float64
	for i := range n {
		for k, image := range [][]byte{fixed.Image(i), get(a, 0, i)} {
			for v, b := range image {
				if b != 0 && b != 255 {
					t.Fatalf("%d became %d", v, b)
				}
				white[k][v] += float64(b) / 255
			}
		}
	}
	for _, counts := range white {
		for v, count := range counts {
			p := float64(v) / 255
			if d := math.Abs(count - p*n); d > 5*math.Sqrt(p*(1-p)*n) {
				t.Errorf("%d is white %v times of %d, want about %v", v, count, n, p*n)
			}
		}
	}
}

func TestPinnedDraw(t *testing.T) {
	s := greys(1)
	fixed := Stochastic.Fixed(s)
	got := fixed.Fingerprint(fixed)
	if want := "0eee5f67bc3ad01a907eccb4d7d4ccdf2156bc52a883e945462e66d7f210598c"; got != want {
		t.Errorf("the draw has the fingerprint %s, want %s", got, want)
	}
}

// An image is moved before it is binarized.
func TestShiftAndBinarize(t *testing.T) {
	s := greys(3)
	both, err := Augment(s, Augmentation{Shift: 2, Binarize: Threshold}, 1)
	if err != nil {
		t.Fatal(err)
	}
	down, right := both.offset(1, 2)
	want := moved(drawn(Threshold.Fixed(s)).Image(2), s.Size(), down, right)
	if got := both.Bytes(both)(1, 2, make([]byte, 256)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if f := both.Fingerprint(both); f != s.Fingerprint(s)+" with shift=2 and binarize=threshold of seed 1" {
		t.Errorf("its fingerprint is %q", f)
	}
}

func TestParseBinarization(t *testing.T) {
	for _, b := range []Binarization{NotBinarized, Threshold, Stochastic} {
		if got, err := ParseBinarization(b.String()); got != b || err != nil {
			t.Errorf("%v was read as %v (%v)", b, got, err)
		}
	}
	for _, bad := range []string{"", "grey", "Threshold", "0.5"} {
		if got, err := ParseBinarization(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}
