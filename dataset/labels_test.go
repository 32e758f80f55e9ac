package dataset

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// A range says which numbers of an array are black and white, whatever its type.
func TestOpenArrayInRange(t *testing.T) {
	counts := make([]int64, 9*6)
	for i := range counts {
		counts[i] = int64(i) - 3
	}
	for text, want := range map[string]string{"auto": "-3:50", "-3:50": "-3:50", "0:100": "0:100"} {
		cut, err := images.ParseRange(text)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Pictures: images.Options{Range: cut}}
		d, err := openContent(t, "a.npy", npyFile([]int{9, 2, 3}, counts...), o)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if d.Reading.Range != want {
			t.Errorf("%s: the range is %s, want %s", text, d.Reading.Range, want)
		}
		lo, hi := -3.0, 50.0
		if want == "0:100" {
			lo, hi = 0, 100
		}
		x := make([]float32, 6)
		for i, number := range []int{d.held[0]} {
			if err := d.Test.Example(0, i, x, nil); err != nil {
				t.Fatal(err)
			}
			for k, v := range x {
				value := min(max((float64(counts[number*6+k])-lo)/(hi-lo), 0), 1)
				if math.Abs(float64(v)-value) > 1e-5 {
					t.Errorf("%s: number %d of image %d is %v, want %v", text, k, number, v, value)
				}
			}
		}
	}
	if _, err := openContent(t, "a.npy", npyFile([]int{9, 2, 3}, make([]int64, 54)...), Options{Pictures: images.Options{Range: images.Range{Auto: true}}}); err == nil || !strings.Contains(err.Error(), "want numbers of some range, got 0 everywhere") {
		t.Errorf("numbers without a range: %v", err)
	}
}

// Strings are labels: the classes are the different strings of both parts.
func TestOpenStringLabels(t *testing.T) {
	text := func(names ...string) []byte {
		var numbers []uint8
		for _, name := range names {
			numbers = append(numbers, append([]byte(name), make([]byte, 4-len(name))...)...)
		}
		return bytes.Replace(npyFile([]int{len(names)}, numbers...), []byte("|u1"), []byte("|S4"), 1)
	}
	all := map[string][]byte{
		"x_train": npyFile([]int{3, 2, 3}, counting(3, 6)...), "y_train": text("dog", "a10", "dog"),
		"x_test": npyFile([]int{4, 2, 3}, counting(4, 6)...), "y_test": text("cat", "a9", "cat", "dog"),
	}
	d, err := openContent(t, "pets.npz", npzFile(t, all), Options{})
	if err != nil {
		t.Fatal(err)
	}
	train, test := inner(t, d)
	if !slices.Equal(d.Classes, []string{"a9", "a10", "cat", "dog"}) || !bytes.Equal(train.Labels, []byte{3, 1, 3}) || !bytes.Equal(test.Labels, []byte{2, 0, 2, 3}) {
		t.Errorf("classes %q, labels %v and %v", d.Classes, train.Labels, test.Labels)
	}
	all["y_train"] = bytes.Replace(npyFile[uint8]([]int{3}, 1, 2, 3), []byte("'|u1'"), []byte("'|O' "), 1)
	d, err = openContent(t, "pets.npz", npzFile(t, all), Options{})
	if err != nil || d.Classes != nil || d.Train.Label(0) != -1 || !slices.Contains(d.Notes, "the labels y_train are not used: want whole numbers or strings, got Python objects") {
		t.Errorf("pickled labels give %+v (%v)", d, err)
	}
}
