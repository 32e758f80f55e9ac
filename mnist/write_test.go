package mnist

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is written is read again, packed or not.
func TestWrite(t *testing.T) {
	pixels, labels := make([]byte, 5*6*7), []byte{3, 0, 255, 9, 9}
	for i := range pixels {
		pixels[i] = byte(i * 3)
	}
	for _, end := range []string{"", ".gz"} {
		path := filepath.Join(t.TempDir(), "x"+end)
		if err := WriteImages(path, 6, 7, pixels); err != nil {
			t.Fatal(err)
		}
		x, err := readIDX(path, wantImages())
		if err != nil || !slices.Equal(x.axes, []int{5, 6, 7}) || !bytes.Equal(x.data, pixels) || (x.packed != "") != (end != "") {
			t.Errorf("%s: read %+v, %v", path, x, err)
		}
		if err := WriteLabels(path, labels); err != nil {
			t.Fatal(err)
		}
		if x, err := readIDX(path, wantLabels()); err != nil || !bytes.Equal(x.data, labels) {
			t.Errorf("%s: read %+v, %v", path, x, err)
		}
	}
	path := filepath.Join(t.TempDir(), "odd")
	if err := WriteImages(path, 6, 7, pixels[1:]); err == nil || !strings.Contains(err.Error(), "want images of 6x7 bytes, got 209") {
		t.Errorf("a part of an image: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a refused file was written")
	}
}
