package dataset

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
