package images

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// heldPictures returns the names of the images that are held out of a set with these, each of whose
// pixels are made from its name.
func heldPictures(t *testing.T, deep bool, names ...string) []string {
	t.Helper()
	s := &Set{Channels: 1, Height: 1, Width: 2, Files: slices.Clone(names)}
	for _, name := range names {
		var n int
		if _, err := fmt.Sscan(name, &n); err != nil {
			t.Fatal(err)
		}
		if s.Labels = append(s.Labels, byte(n)); deep {
			s.Deep = append(s.Deep, uint16(n), 0)
		} else {
			s.Pixels = append(s.Pixels, byte(n), byte(n>>8))
		}
	}
	train, test, held, err := s.HoldOut(0.1)
	if err != nil {
		t.Fatal(err)
	}
	if train.Len()+test.Len() != len(names) || len(held) != test.Len() {
		t.Fatalf("%d and %d of %d images, held %v", train.Len(), test.Len(), len(names), held)
	}
	for _, part := range []*Set{train, test} {
		for i := range part.Len() {
			if got := part.contentNumber(i); fmt.Sprint(got) != part.Files[i] || part.Labels[i] != byte(got) {
				t.Fatalf("image %d is %d with the name %s and the label %d", i, got, part.Files[i], part.Labels[i])
			}
		}
	}
	for k, i := range held {
		if test.Files[k] != names[i] {
			t.Errorf("image %d is %s, want %s", k, test.Files[k], names[i])
		}
	}
	return test.Files
}

func (s *Set) contentNumber(i int) int {
	if s.Deep != nil {
		return int(s.Deep[2*i])
	}
	return int(s.Pixels[2*i]) + int(s.Pixels[2*i+1])<<8
}

// Adding, removing and reordering images moves no other image between the parts, whose order stays.
func TestSetHoldOut(t *testing.T) {
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprint(i))
	}
	for _, deep := range []bool{false, true} {
		held := heldPictures(t, deep, names...)
		if len(held) < 70 || len(held) > 130 || !slices.IsSortedFunc(held, CompareNames) {
			t.Errorf("held out are %d of 1000: %v", len(held), held)
		}
		var want []string
		for _, name := range held {
			if len(name) == 3 {
				want = append(want, name)
			}
		}
		if fewer := heldPictures(t, deep, names[100:]...); !slices.Equal(fewer, want) {
			t.Errorf("without the first 100, held out are %v, want %v", fewer, want)
		}
		backwards := slices.Clone(names)
		slices.Reverse(backwards)
		got := heldPictures(t, deep, backwards...)
		slices.Reverse(got)
		if !slices.Equal(got, held) {
			t.Errorf("backwards, held out are %v, want %v", got, held)
		}
	}
}

func TestSetHoldOutMemory(t *testing.T) {
	s := &Set{Channels: 1, Height: 1, Width: 1, Pixels: []byte{1, 2, 3, 4}}
	first := &s.Pixels[0]
	train, test, _, err := s.HoldOut(0.1)
	if err != nil || &train.Pixels[0] != first || cap(train.Pixels) != len(train.Pixels) || &s.Pixels[train.Len()] != &test.Pixels[0] {
		t.Errorf("the parts are no views of the set: %+v, %+v (%v)", train, test, err)
	}
	if _, _, _, err := (&Set{Channels: 1, Height: 1, Width: 1, Pixels: []byte{1}}).HoldOut(0.1); err == nil {
		t.Error("one image is divided")
	}
	for _, share := range []float64{0, 1, -1, math.NaN()} {
		if _, _, _, err := numbered(9).HoldOut(share); err == nil {
			t.Errorf("a share of %v is accepted", share)
		}
	}
}

// The hashes of files decide if there are some, and go with their images.
func TestSetHoldOutHashes(t *testing.T) {
	s := &Set{Channels: 1, Height: 1, Width: 1}
	for i := range 100 {
		s.Pixels = append(s.Pixels, byte(i))
		s.Hashes = append(s.Hashes, hashesOf(fmt.Sprint(i))...)
	}
	var want []int
	for i, out := range HoldOut(s.Hashes, 0.1) {
		if out {
			want = append(want, i)
		}
	}
	train, test, held, err := s.HoldOut(0.1)
	if err != nil || !slices.Equal(held, want) {
		t.Fatalf("held out are %v (%v), want %v", held, err, want)
	}
	for _, part := range []*Set{train, test} {
		for i, pixel := range part.Pixels {
			if part.Hashes[i] != hashesOf(fmt.Sprint(pixel))[0] {
				t.Errorf("image %d has the hash of another", pixel)
			}
		}
	}
}
