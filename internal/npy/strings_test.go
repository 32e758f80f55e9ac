package npy

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func openArchive(t testing.TB, content []byte) *ArchiveReader {
	t.Helper()
	a, err := OpenArchive(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// utf32 returns strings as NumPy keeps them in arrays of type U with a number of characters.
func utf32(big bool, characters int, texts ...string) (b []byte) {
	for _, text := range texts {
		runes := append([]rune(text), make([]rune, characters)...)[:characters]
		for _, r := range runes {
			four := []byte{byte(r), byte(r >> 8), byte(r >> 16), 0}
			if big {
				slices.Reverse(four)
			}
			b = append(b, four...)
		}
	}
	return b
}

// Strings are those that numpy.savez writes, in both byte orders.
func TestReadStrings(t *testing.T) {
	want := []string{"cat", "dög", ""}
	for name, content := range map[string][]byte{
		"little": raw(1, head("<U3", "(3,)"), utf32(false, 3, want...)),
		"big":    raw(1, head(">U3", "(3,)"), utf32(true, 3, want...)),
		"bytes":  raw(1, head("|S4", "(3, 1)"), []byte("cat\x00d\xc3\xb6g\x00\x00\x00\x00")),
	} {
		a := openArchive(t, zipped(t, "y.npy", content))
		if kind, what, err := a.Kind("y"); kind != Strings || err != nil || !strings.HasPrefix(what, "strings") {
			t.Errorf("%s: kind %v, %q (%v)", name, kind, what, err)
		}
		if got, err := a.ReadStrings("y", 3); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
}

func TestReadNoStrings(t *testing.T) {
	for want, content := range map[string][]byte{
		"want 3 strings, got the shape (2,)":      raw(1, head("<U3", "(2,)"), utf32(false, 3, "a", "b")),
		"want 3 strings, got the shape (1, 3)":    raw(1, head("<U3", "(1, 3)"), utf32(false, 3, "a", "b", "c")),
		"want whole data":                         raw(1, head("<U3", "(3,)"), utf32(false, 3, "a", "b")),
		"at most 1024 characters, got the type":   raw(1, head("<U9999", "(3,)"), nil),
		`at most 1024 characters, got the type "`: raw(1, head("<i4", "(3,)"), make([]byte, 12)),
	} {
		if got, err := openArchive(t, zipped(t, "y.npy", content)).ReadStrings("y", 3); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %q (%v), want %s", got, err, want)
		}
	}
	for descr, want := range map[string]string{"|O": "Python objects", "<c8": "complex numbers", "<i3": "raw bytes"} {
		a := openArchive(t, zipped(t, "y.npy", raw(1, head(descr, "(3,)"), make([]byte, 24))))
		if kind, what, err := a.Kind("y"); kind != Others || what != want || err != nil {
			t.Errorf("%s: kind %v, %q (%v), want %s", descr, kind, what, err, want)
		}
	}
	if kind, _, err := openArchive(t, zipped(t, "y.npy", raw(1, head("<i8", "(1,)"), make([]byte, 8)))).Kind("y"); kind != Numbers || err != nil {
		t.Errorf("numbers are of kind %v (%v)", kind, err)
	}
}

// No input makes a panic, or more strings than were asked for.
func FuzzReadStrings(f *testing.F) {
	f.Add(raw(1, head("<U3", "(3,)"), utf32(false, 3, "cat", "dog", "")))
	f.Add(raw(1, head("|S4", "(3, 1)"), []byte("cat\x00dog\x00\x00\x00\x00\x00")))
	f.Fuzz(func(t *testing.T, content []byte) {
		if all, err := readStrings(bytes.NewReader(content), 3); err == nil && len(all) != 3 {
			t.Errorf("%q", all)
		}
	})
}

// A number that cannot be used is named as NumPy names it.
func TestIndex(t *testing.T) {
	a := Array{Shape: []int{2, 3, 4}}
	for i, want := range map[int]string{0: "[0, 0, 0]", 5: "[0, 1, 1]", 23: "[1, 2, 3]"} {
		if got := a.index(i); got != want {
			t.Errorf("number %d is at %s, want %s", i, got, want)
		}
	}
}

// InRange scales every type, and leaves floats from 0 to 1 as they are if the range goes beyond.
func TestInRange(t *testing.T) {
	int16s := Type{kind: 'i', size: 2}
	for _, c := range []struct {
		a      Array
		lo, hi float64
		want   []float32
		asIs   bool
	}{
		{Array{Data: []float32{0, 1000, 4095, 5000}, Type: int16s}, 0, 4000, []float32{0, 0.25, 1, 1}, false},
		{Array{Data: []float32{-1, 0, 1}}, -1, 1, []float32{0, 0.5, 1}, false},
		{Array{Data: []float32{0, 0.5, 1}}, -1, 1, []float32{0, 0.5, 1}, true},
		{Array{Data: []float32{0, 0.25, 0.5, 1}}, 0, 0.5, []float32{0, 0.5, 1, 1}, false},
		{Array{Data: []float32{0, 1}, Type: int16s}, 0, 4, []float32{0, 0.25}, false},
	} {
		if got, asIs, err := c.a.InRange(c.lo, c.hi); err != nil || asIs != c.asIs || !slices.Equal(got, c.want) {
			t.Errorf("%v from %v:%v is %v (as it is: %t, %v)", c.a.Data, c.lo, c.hi, got, asIs, err)
		}
	}
}
