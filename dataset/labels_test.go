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

// An automatic range is that of the images to train on and to test with, of arrays and of IDX files.
func TestAutomaticRange(t *testing.T) {
	auto := Options{Pictures: images.Options{Range: images.Range{Auto: true}}}
	d, err := openContent(t, "a.npz", npzFile(t, map[string][]byte{"x_train": npyFile[int64]([]int{2, 1, 2}, 0, 1, 2, 30), "x_test": npyFile[int64]([]int{3, 1, 2}, -10, 40, 40, -10, 40, 40)}), auto)
	if err != nil {
		t.Fatal(err)
	}
	idx := []byte{0, 0, 0x0b, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 5, 0, 5, 0xff, 0xf6, 0, 5, 0, 5, 0, 40} // 5 5, -10 5, 5 40
	e, err := openContent(t, "some-images", idx, auto)
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*Data{"arrays": d, "IDX": e} {
		if d.Reading.Range != "-10:40" {
			t.Errorf("%s: the range is %s", name, d.Reading.Range)
		}
	}
	x := make([]float32, 2)
	if err := d.Train.Example(0, 0, x, nil); err != nil || math.Abs(float64(x[0])-0.2) > 1e-5 || math.Abs(float64(x[1])-0.22) > 1e-5 {
		t.Errorf("0 and 1 are %v (%v), want 0.2 and 0.22", x, err)
	}
	if train, test := inner(t, d); len(test.Deep) != 6 || len(train.Deep) != 4 || test.Deep[0] != 0 || test.Deep[1] != math.MaxUint16 {
		t.Errorf("the parts are %+v and %+v, want both of 16 bits", train, test)
	}
	for i := range e.Train.Len() {
		if err := e.Train.Example(0, i, x, nil); err != nil || max(x[0], x[1]) < 0.29 {
			t.Errorf("IDX: %v (%v)", x, err)
		}
	}
	if _, err := openContent(t, "some-images", idx, Options{}); err == nil || !strings.Contains(err.Error(), "--range auto") {
		t.Errorf("without a range: %v", err)
	}
}

// Floats of the images to train on and of those to test with are read alike: those of one part are not taken as
// they are because they happen to be from 0 to 1. If those of both parts are, they are.
func TestRangeOfBothParts(t *testing.T) {
	wide, narrow := npyFile[float32]([]int{2, 1, 2}, -1, 0, 0.5, 1), npyFile[float32]([]int{2, 1, 2}, 0, 1, 0.5, 0.25)
	counts := npyFile[uint16]([]int{2, 1, 2}, 0, 1, 2, 4)
	for name, c := range map[string]struct {
		train, test []byte
		cut         images.Range
		want        []float64 // the first image of each part
		asTheyAre   bool
	}{
		"to test with":   {wide, narrow, images.Range{Lo: -1, Hi: 1}, []float64{0, 0.5, 0.5, 1}, false},
		"to train on":    {narrow, wide, images.Range{Lo: -1, Hi: 1}, []float64{0.5, 1, 0, 0.5}, false},
		"automatic":      {narrow, wide, images.Range{Auto: true}, []float64{0.5, 1, 0, 0.5}, false},
		"both":           {narrow, narrow, images.Range{Lo: -1, Hi: 1}, []float64{0, 1, 0, 1}, true},
		"beside numbers": {counts, narrow, images.Range{Lo: 0, Hi: 4}, []float64{0, 0.25, 0, 1}, true},
	} {
		d, err := openContent(t, "a.npz", npzFile(t, map[string][]byte{"x_train": c.train, "x_test": c.test}), Options{Pictures: images.Options{Range: c.cut}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := make([]float32, 4)
		if err := d.Train.Example(0, 0, got[:2], nil); err != nil {
			t.Fatal(err)
		}
		if err := d.Test.Example(0, 0, got[2:], nil); err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if math.Abs(float64(v)-c.want[i]) > 1e-5 {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
		if said := strings.Contains(strings.Join(d.Notes, "\n"), "taken as they are"); said != c.asTheyAre {
			t.Errorf("%s: the notes are %q", name, d.Notes)
		}
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
	all["y_train"] = npyFile[uint8]([]int{3}, 1, 2, 3)
	d, err = openContent(t, "pets.npz", npzFile(t, all), Options{})
	if err != nil || d.Classes != nil || d.Train.Label(0) != -1 || d.Test.Label(0) != -1 || !strings.Contains(strings.Join(d.Notes, "\n"), "the labels are not used: want strings for the images to train on and for those to test with") {
		t.Errorf("numbers beside strings give %+v (%v)", d, err)
	}
	all["y_train"] = bytes.Replace(npyFile[uint8]([]int{3}, 1, 2, 3), []byte("'|u1'"), []byte("'|O' "), 1)
	d, err = openContent(t, "pets.npz", npzFile(t, all), Options{})
	if err != nil || d.Classes != nil || d.Train.Label(0) != -1 || !slices.Contains(d.Notes, "the labels y_train are not used: want whole numbers or strings, got Python objects") {
		t.Errorf("pickled labels give %+v (%v)", d, err)
	}
}
