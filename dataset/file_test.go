package dataset

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// An IDX file without one for testing is divided, alone or in a folder, and each image keeps its label.
func TestOneFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "digits")
	put(t, dir, "train-images-idx3-ubyte.gz", pack(t, idxFile(100, 1, 2)))
	put(t, dir, "train-labels-idx1-ubyte", idxFile(100))
	for _, path := range []string{dir, filepath.Join(dir, "train-images-idx3-ubyte.gz")} {
		d, err := Open(t.Context(), Options{Data: path})
		if err != nil {
			t.Fatal(err)
		}
		train, test := inner(t, d)
		if d.Name != "digits" || train.Len()+test.Len() != 100 || test.Len() < 2 || test.Len() > 25 ||
			!slices.ContainsFunc(d.Notes, func(n string) bool { return strings.Contains(n, "are held out, chosen by their content") }) {
			t.Errorf("%s: %s with %d and %d images, notes %q", path, d.Name, train.Len(), test.Len(), d.Notes)
		}
		for i := range test.Len() {
			if got, label := test.Image(i)[0], test.Labels[i]; got != 2*label || int(label) != d.held[i] {
				t.Errorf("held out is image %d with the label %d, whose first pixel is %d", d.held[i], label, got)
			}
		}
	}
}

// EMNIST's images are turned before the set is used as any other, with bytes and with 16 bits.
func TestOpenEMNIST(t *testing.T) {
	bytes, floats := idxFile(20, 2, 3), []byte{0, 0, 0x0d, 3, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 3}
	for i := range 20 * 2 * 3 {
		floats = binary.BigEndian.AppendUint32(floats, math.Float32bits(float32(i)/1000))
	}
	for _, file := range [][]byte{bytes, floats} {
		for _, alone := range []bool{true, false} {
			dir := filepath.Join(t.TempDir(), "EMNIST")
			put(t, filepath.Join(dir, "raw"), "emnist-letters-train-images-idx3-ubyte", file)
			if !alone {
				put(t, filepath.Join(dir, "raw"), "emnist-letters-test-images-idx3-ubyte", file)
			}
			d, err := Open(t.Context(), Options{Data: dir})
			if err != nil {
				t.Fatal(err)
			}
			train, test := inner(t, d)
			if d.Train.Size() != (images.Size{Channels: 1, Height: 3, Width: 2}) || alone != (train.Len()+test.Len() == 20) || !alone && test.Len() != 20 {
				t.Errorf("%d and %d images of %v", train.Len(), test.Len(), d.Train.Size())
			}
			x := make([]float32, 6)
			if err := test.Example(0, 0, x, nil); err != nil || train.Fingerprint(train) == test.Fingerprint(test) && alone {
				t.Error(err)
			}
			if got := x[1] - x[0]; got < 0.002 || x[2]-x[0] > got { // the numbers of a file count along a row, three in each
				t.Errorf("the first image is %v: not turned", x)
			}
			if train.Bytes(train) == nil != (train.Deep != nil) {
				t.Error("the images are bytes and 16 bits")
			}
		}
	}
}

func TestNoDataFile(t *testing.T) {
	for content, want := range map[string]string{
		"version https://git-lfs.github.com/spec/v1\noid": "a pointer of Git LFS",
		"<html>":            "an HTML page",
		"\x89HDF\r\n\x1a\n": "an HDF5 file",
		"\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x01a": "want 18 bytes, got 17",
	} {
		dir := t.TempDir()
		put(t, dir, "file", []byte(content))
		if _, err := Open(t.Context(), Options{Data: filepath.Join(dir, "file")}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%q: %v, want an error with %q", content, err, want)
		}
	}
}

func TestPictureFile(t *testing.T) {
	dir := t.TempDir()
	putPNG(t, dir, "a.png", 4, 3)
	if _, err := Open(t.Context(), Options{Data: filepath.Join(dir, "a.png")}); err == nil || !strings.Contains(err.Error(), "got a picture: name the folder") {
		t.Errorf("a picture: %v", err)
	}
}

func TestOpenCIFAR(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "c")
	batch := make([]byte, 40*3073)
	for i := range 40 {
		batch[i*3073], batch[i*3073+1] = byte(i%10), byte(i)
	}
	put(t, dir, "data_batch_1.bin", batch)
	d, err := Open(t.Context(), Options{Data: filepath.Join(dir, "data_batch_1.bin")})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.Notes, "\n"); d.Train.Len()+d.Test.Len() != 40 || d.Test.Label(0) != d.held[0]%10 ||
		!strings.Contains(got, "data_batch_1.bin is read alone") || !strings.Contains(got, " of the 40 ") {
		t.Errorf("a file gives %d and %d images, notes %q", d.Train.Len(), d.Test.Len(), d.Notes)
	}
	var held []int
	for _, color := range []images.Color{images.Auto, images.Grey} {
		d, err := Open(t.Context(), Options{Data: dir, Color: color})
		if err != nil {
			t.Fatal(err)
		}
		want := 3
		if color == images.Grey {
			want = 1
		}
		if d.Name != "cifar-10" || d.Train.Len()+d.Test.Len() != 40 || d.Train.Size() != (images.Size{Channels: want, Height: 32, Width: 32}) {
			t.Errorf("%s: %d and %d images of %v", d.Name, d.Train.Len(), d.Test.Len(), d.Train.Size())
		}
		if held == nil {
			held = d.held
		}
		if !slices.Equal(d.held, held) || d.Test.Label(0) != d.held[0]%10 || !slices.Contains(d.Notes, "test_batch.bin is not there, so its images are missing") {
			t.Errorf("held out are %v, notes %q", d.held, d.Notes)
		}
	}
}
