package images

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

// numbered returns a set of n images of 2x3. All pixels of an image are its number, and its label
// is number%3.
func numbered(n int) *Set {
	s := &Set{Name: "numbered", Channels: 1, Height: 2, Width: 3, Classes: []string{"a", "b", "c"}}
	for i := range n {
		s.Pixels = append(s.Pixels, bytes.Repeat([]byte{byte(i)}, 6)...)
		s.Labels = append(s.Labels, byte(i%3))
	}
	return s
}

func TestExample(t *testing.T) {
	s := &Set{Channels: 1, Height: 2, Width: 2, Pixels: []byte{9, 9, 9, 9, 0, 1, 128, 255}}
	if x, y := s.Shape(); !slices.Equal(x, []int{1, 2, 2}) || y != nil {
		t.Errorf("Shape = %v, %v", x, y)
	}
	x := make([]float32, 4)
	if err := s.Example(7, 1, x, nil); err != nil {
		t.Fatal(err)
	}
	if want := []float32{0, float32(1) / 255, float32(128) / 255, 1}; !slices.Equal(x, want) {
		t.Errorf("Example = %v, want %v", x, want)
	}
	for name, err := range map[string]error{
		"index below":     s.Example(0, -1, x, nil),
		"index above":     s.Example(0, 2, x, nil),
		"x too short":     s.Example(0, 0, x[:3], nil),
		"x too long":      s.Example(0, 0, make([]float32, 5), nil),
		"a target":        s.Example(0, 0, x, make([]float32, 1)),
		"an empty set":    new(Set).Example(0, 0, nil, nil),
		"a set of no one": (&Set{Channels: 1, Height: 2, Width: 2}).Example(0, 0, x, nil),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func fingerprint(s *Set) string { return s.Fingerprint(s) }

// inverted embeds a set and has other examples.
type inverted struct{ *Set }

// A set that another data set embeds leaves the examples to that data set.
func TestEmbedded(t *testing.T) {
	s := numbered(4)
	a := augment(t, s, 1, 1)
	for name, got := range map[string]bool{
		"a set":              s.Bytes(s) != nil && s.Fingerprint(s) != "",
		"an augmented set":   a.Bytes(a) != nil && a.Fingerprint(a) != "",
		"an embedded set":    inverted{s}.Bytes(inverted{s}) == nil && inverted{s}.Fingerprint(inverted{s}) == "",
		"the set of another": s.Bytes(a) == nil && s.Fingerprint(a) == "",
	} {
		if !got {
			t.Errorf("%s: Bytes or Fingerprint is not as it should be", name)
		}
	}
}

func TestFingerprint(t *testing.T) {
	base := func() *Set { return numbered(4) }
	renamed := base()
	renamed.Name, renamed.Classes = "other", nil
	if fingerprint(base()) != renamed.Fingerprint(renamed) {
		t.Error("the name changes the fingerprint")
	}
	seen := map[string]string{fingerprint(base()): "base"}
	for name, change := range map[string]func(*Set){
		"turned":      func(s *Set) { s.Height, s.Width = s.Width, s.Height },
		"one pixel":   func(s *Set) { s.Pixels[23]++ },
		"one label":   func(s *Set) { s.Labels[3]++ },
		"no labels":   func(s *Set) { s.Labels = nil },
		"one fewer":   func(s *Set) { s.Pixels, s.Labels = s.Pixels[:18], s.Labels[:3] },
		"moved bytes": func(s *Set) { s.Pixels, s.Labels = s.Pixels[:18], append(s.Pixels[18:24:24], s.Labels...) },
	} {
		s := base()
		change(s)
		if other, twice := seen[s.Fingerprint(s)]; twice {
			t.Errorf("%s has the fingerprint of %s", name, other)
		}
		seen[s.Fingerprint(s)] = name
	}
}

func TestToBytes(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	half := float32(0.5) / 255
	got := ToBytes([]float32{-inf, -1, -0.1, 0, nan, 0.5, 1, 1.5, inf, math.Nextafter32(1, 0), half / 2, half * 2})
	if want := []byte{0, 0, 0, 0, 0, 128, 255, 255, 255, 255, 0, 1}; !bytes.Equal(got, want) {
		t.Errorf("ToBytes = %v, want %v", got, want)
	}
	all := &Set{Channels: 1, Height: 16, Width: 16}
	for b := range 256 {
		all.Pixels = append(all.Pixels, byte(b))
	}
	x := make([]float32, 256)
	if err := all.Example(0, 0, x, nil); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ToBytes(x), all.Pixels) {
		t.Error("ToBytes does not undo Example")
	}
}
