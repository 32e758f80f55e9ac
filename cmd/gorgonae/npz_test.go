package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/run"
)

// Codes of pictures of several sizes are an archive with an array for each. decode gives each picture its
// size and its name again, as reconstruct makes it.
func TestArchiveOfCodes(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "conv", "--epochs", "1", "--out", "run")
	pictures(t, "own/a", 2, 8, 3)
	pictures(t, "own/b", 1, 16, 4)
	refused(t, []string{"own has pictures of different sizes"}, "encode", "run", "--images", "own")
	works(t, "encode", "run", "--images", "own", "--out", "codes.npz")
	first := read(t, "codes.npz")
	works(t, "encode", "run", "--images", "own", "--out", "codes.npz")
	if read(t, "codes.npz") != first {
		t.Error("the same codes make other bytes")
	}
	r, err := npy.OpenArchive(strings.NewReader(first), int64(len(first)))
	if err != nil || !slices.Equal(r.Names(), []string{"a/000.png", "a/001.png", "b/000.png"}) {
		t.Fatalf("the archive is %v, %v", r, err)
	}
	works(t, "reconstruct", "run", "own", "--out", "seen")
	works(t, "decode", "run", "codes.npz", "--out", "decoded")
	if err := os.Remove("codes.names.csv"); err != nil { // then the arrays have the names
		t.Fatal(err)
	}
	works(t, "decode", "run", "codes.npz", "--out", "again")
	for _, name := range r.Names() {
		if want := read(t, filepath.Join("seen", name)); read(t, filepath.Join("decoded", name)) != want || read(t, filepath.Join("again", name)) != want {
			t.Errorf("%s is not what reconstruct makes", name)
		}
	}
	if out := works(t, "decode", "run", "codes.npz:b/000.png", "--out", "one.npy"); !strings.Contains(out, "wrote 1 image of 16 x 16 pixels to one.npy") {
		t.Errorf("decode of one array prints %q", out)
	}
	refused(t, []string{"a/000.png exists already"}, "decode", "run", "codes.npz", "--out", "again")
	refused(t, []string{"want a folder as --out for the images of codes.npz"}, "decode", "run", "codes.npz", "--out", "all.npy")
	refused(t, []string{"want a folder or FILE.npy as --out, got all.npz"}, "decode", "run", "codes.npz", "--out", "all.npz")
}

// An archive of one array is read as that array is, by every command.
func TestArchiveOfImages(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run", "--latent", "3")...)
	works(t, "encode", "run", "--images", "pics", "--out", "codes.npy")
	works(t, "encode", "run", "--images", "pics", "--out", "same.npz")
	works(t, "decode", "run", "codes.npy", "--out", "a.npy")
	works(t, "decode", "run", "same.npz", "--out", "b.npy")
	if read(t, "a.npy") != read(t, "b.npy") || read(t, "a.names.csv") != read(t, "b.names.csv") {
		t.Error("codes in an archive are decoded otherwise")
	}
	var b bytes.Buffer
	w := npy.NewArchive(&b)
	for _, name := range []string{"x", "y"} {
		if err := w.Add(name, readNPY(t, "a.npy")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, "two.npz", b.Bytes())
	works(t, "encode", "run", "--images", "a.npy", "--out", "c.npy")
	works(t, "encode", "run", "--images", "two.npz:y", "--out", "d.npy")
	if read(t, "c.npy") != read(t, "d.npy") {
		t.Error("images in an archive are encoded otherwise")
	}
	works(t, "compress", "run", "a.npy", "-o", "a.gae")
	works(t, "compress", "run", "two.npz:x", "-o", "b.gae")
	if read(t, "a.gae") != read(t, "b.gae") {
		t.Error("images in an archive are compressed otherwise")
	}
	list := "got an archive of 2, x, y: name one, as in FILE.npz:x"
	refused(t, []string{"cannot read two.npz: ", list}, "encode", "run", "--images", "two.npz")
	refused(t, []string{"cannot read two.npz: ", list}, "compress", "run", "two.npz", "-o", "c.gae")
	refused(t, []string{"cannot read two.npz: array \"x\": want codes of shape"}, "decode", "run", "two.npz", "--out", "wrong")
	refused(t, []string{"--layout: want nhwc"}, "encode", "run", "--images", "a.npy", "--layout", "hwc")
	refused(t, []string{"--range is for pictures and data sets, and a.npy is an array"}, "encode", "run", "--images", "a.npy", "--range", "0:100")
	refused(t, []string{"--size is for pictures and data sets, and two.npz:x is an array"}, "compress", "run", "two.npz:x", "--size", "8x8", "-o", "c.gae")
	refused(t, []string{"--layout is for arrays"}, "encode", "run", "--images", "pics", "--layout", "nhwc")
	if !run.IsArchivePath("x.NPZ") || run.IsArchivePath("x.npy") {
		t.Error("paths of archives are not told from others")
	}
}
