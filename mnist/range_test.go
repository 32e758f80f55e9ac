package mnist

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// full is the range of numbers that stay as they are.
var full images.Range

// put writes a file into a folder, which it makes.
func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// A range makes images of numbers of every type, and an automatic one is that of all images.
func TestReadAnyIn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ct")
	put(t, dir, "train-images-idx3-short", numbersFile(short, []int{2, 1, 2}, -1000, 0, 1000, 3000))
	put(t, dir, "t10k-images-idx3-short", numbersFile(short, []int{1, 1, 2}, -2000, 4000))
	deep := func(v float64) uint16 { return uint16(v*65535 + 0.5) }
	for _, c := range []struct {
		cut, is     images.Range
		train, test []uint16
	}{
		{images.Range{Lo: -1000, Hi: 3000}, images.Range{Lo: -1000, Hi: 3000}, []uint16{0, deep(0.25), deep(0.5), 65535}, []uint16{0, 65535}},
		{images.Range{Auto: true}, images.Range{Lo: -2000, Hi: 4000}, []uint16{deep(1. / 6), deep(1. / 3), deep(0.5), deep(5. / 6)}, []uint16{0, 65535}},
	} {
		d, err := ReadAnyIn(dir, c.cut)
		if err != nil {
			t.Fatal(err)
		}
		test := d.Test.Deep // of the first range, all are those of bytes
		if test == nil {
			test = []uint16{uint16(d.Test.Pixels[0]) * 257, uint16(d.Test.Pixels[1]) * 257}
		}
		if d.Range != c.is || !slices.Equal(d.Train.Deep, c.train) || !slices.Equal(test, c.test) {
			t.Errorf("%v: %v, %v and %v", c.cut, d.Range, d.Train.Deep, test)
		}
	}
	if _, err := ReadAny(dir); err == nil || !strings.Contains(err.Error(), "--range auto") {
		t.Errorf("without a range: %v", err)
	}
	set, _, err := ReadImagesIn(filepath.Join(dir, "t10k-images-idx3-short"), images.Range{Lo: 0, Hi: 1})
	if err != nil || !slices.Equal(set.Pixels, []byte{0, 255}) {
		t.Errorf("a file: %+v, %v", set, err)
	}
	for want, numbers := range map[string][]float64{"from 5 to 5: give the range as LOW:HIGH": {5, 5}, "from NaN to NaN": {5, math.NaN()}} {
		put(t, dir, "one-images", numbersFile(double, []int{2, 1, 1}, numbers...))
		if _, _, err := ReadImagesIn(filepath.Join(dir, "one-images"), images.Range{Auto: true}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", numbers, err, want)
		}
	}
	put(t, dir, "nan-images", numbersFile(float, []int{2, 1, 1}, 5, math.NaN()))
	if _, _, err := ReadImagesIn(filepath.Join(dir, "nan-images"), images.Range{Lo: 0, Hi: 9}); err == nil || !strings.Contains(err.Error(), "want finite numbers, got NaN at 1") {
		t.Errorf("not finite: %v", err)
	}
}
