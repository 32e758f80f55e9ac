package images

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
)

func hashesOf(names ...string) (h [][sha256.Size]byte) {
	for _, name := range names {
		h = append(h, sha256.Sum256([]byte(name)))
	}
	return h
}

// A picture stays in its part whatever happens to the others.
func TestHoldOut(t *testing.T) {
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprint("picture ", i))
	}
	held := HoldOut(hashesOf(names...), 0.1)
	n := 0
	part := map[string]bool{}
	for i, name := range names {
		part[name] = held[i]
		if held[i] {
			n++
		}
	}
	if n < 70 || n > 130 {
		t.Errorf("%d of 1000 pictures are held out, want about 100", n)
	}
	others := slices.Concat([]string{"another"}, names[500:], names[:499], names[:3])
	for i, held := range HoldOut(hashesOf(others...), 0.1) {
		if want, known := part[others[i]]; known && held != want {
			t.Errorf("%s moved to the other part", others[i])
		}
	}
}

// Of two different pictures, one is held out. Equal pictures are in one part.
func TestHoldOutOfFew(t *testing.T) {
	for i := range 100 {
		for _, share := range []float64{0.001, 0.1, 0.999} {
			a, b := fmt.Sprint("a", i), fmt.Sprint("b", i)
			if held := HoldOut(hashesOf(a, b), share); held[0] == held[1] {
				t.Fatalf("of %s and %s, held out are %v", a, b, held)
			}
			if held := HoldOut(hashesOf(a, b, a, b), share); held[0] != held[2] || held[1] != held[3] || held[0] == held[1] {
				t.Fatalf("of two equal pairs, held out are %v", held)
			}
		}
	}
	if held := HoldOut(hashesOf("a"), 0.999); held[0] {
		t.Error("the only picture is held out")
	}
	if held := HoldOut(hashesOf("a", "a", "a"), 0.999); !slices.Equal(held, []bool{true, false, false}) {
		t.Errorf("of equal pictures, held out are %v", held)
	}
	if held := HoldOut(nil, 0.1); len(held) != 0 {
		t.Errorf("of no pictures, held out are %v", held)
	}
}

// Which pictures are held out is fixed for good, because models that were trained before are tested on them.
// The numbers are those of Python's hashlib.
func TestHoldOutIsFixed(t *testing.T) {
	var names []string
	var held []int
	for i := range 100 {
		names = append(names, fmt.Sprint("picture ", i))
	}
	for i, out := range HoldOut(hashesOf(names...), 0.1) {
		if out {
			held = append(held, i)
		}
	}
	want := []int{18, 68, 70, 75, 79, 94, 96, 99}
	if !slices.Equal(held, want) {
		t.Errorf("held out are %v, want %v", held, want)
	}
}
