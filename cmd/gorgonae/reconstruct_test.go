package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/run"
)

// reconstruct writes an array that encode and decode would make, and no folder that is named as one.
func TestReconstructArray(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	set, err := images.ReadFolder("pics", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	writeNPY(t, "x.npy", "|u1", []int{40, 8, 8}, set.Pixels)
	if out := works(t, "reconstruct", "run", "x.npy", "--out", "y.npy"); !strings.HasPrefix(out, "wrote 40 reconstructions to y.npy: MSE 0.") {
		t.Errorf("it prints %q", out)
	}
	works(t, "encode", "run", "--images", "x.npy", "--out", "codes.npy")
	works(t, "decode", "run", "codes.npy", "--out", "want.npy")
	if got := readNPY(t, "y.npy"); fmt.Sprint(got.Shape) != "[40 8 8]" || read(t, "y.npy") != read(t, "want.npy") {
		t.Errorf("an array of shape %v, or of other numbers than those of encode and decode", got.Shape)
	}
	works(t, "reconstruct", "run", "pics", "--out", "named.npy")
	if read(t, "named.npy") != read(t, "y.npy") || !strings.Contains(read(t, "named.names.csv"), "000.png,") {
		t.Errorf("of the folder it makes others, or names %q", read(t, "named.names.csv"))
	}
	exact := make([]float32, 3*64)
	for i := range exact {
		exact[i] = float32(i%191) / 191 // between the values of bytes
	}
	if err := run.WriteImages("floats.npy", images.Size{Channels: 1, Height: 8, Width: 8}, exact); err != nil {
		t.Fatal(err)
	}
	works(t, "reconstruct", "run", "floats.npy", "--out", "of-floats.npy")
	works(t, "encode", "run", "--images", "floats.npy", "--out", "codes.npy")
	works(t, "decode", "run", "codes.npy", "--out", "want.npy")
	if read(t, "of-floats.npy") != read(t, "want.npy") {
		t.Error("of numbers that are no bytes it makes others than encode and decode")
	}
	before := read(t, "x.npy")
	refused(t, []string{"x.npy is what the command reads"}, "reconstruct", "run", "x.npy", "--out", "x.npy")
	if read(t, "x.npy") != before {
		t.Error("the array is another one")
	}
	for _, out := range []string{"y.npz", "y.png", "y.JPG"} {
		refused(t, []string{"want a folder or FILE.npy as --out, got " + out}, "reconstruct", "run", "x.npy", "--out", out)
		refused(t, []string{"want a folder or FILE.npy as --out, got " + out}, "decode", "run", "codes.npy", "--out", out)
	}
}

// An array has images of one size.
func TestReconstructSizes(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "conv", "--batch", "8", "--epochs", "1", "--out", "run")
	pictures(t, "mixed/a", 1, 8, 3)
	pictures(t, "mixed/b", 1, 16, 4)
	refused(t, []string{"want images of one size for an array", "16 x 16", "--size"}, "reconstruct", "run", "mixed", "--out", "y.npy")
	if exists("y.npy") {
		t.Error("a file is left")
	}
	works(t, "reconstruct", "run", "mixed", "--size", "8x8", "--out", "y.npy")
}

// Who names a file as a data set is told that a part of it is encoded, and how all are.
func TestEncodePart(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	set, err := images.ReadFolder("pics", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	writeNPY(t, "x.npy", "|u1", []int{40, 8, 8}, set.Pixels)
	var b bytes.Buffer
	archive := npy.NewArchive(&b)
	for name, pixels := range map[string][]byte{"x_train": set.Pixels[:64*30], "x_test": set.Pixels[64*30:]} {
		if err := archive.Add(name, npy.Array{Shape: []int{len(pixels) / 64, 8, 8}, Data: images.Values(pixels)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, "parts.npz", b.Bytes())
	for data, want := range map[string]string{
		"x.npy":     "note: encoded are the 4 images to test with of x.npy: --images x.npy encodes all, --split train those to train on\n",
		"pics":      "note: encoded are the 4 images to test with of pics: --images pics encodes all, --split train those to train on\n",
		"parts.npz": "note: encoded are the 10 images to test with of parts.npz: --split train encodes those to train on\n",
	} {
		if status, _, errs := call(t, "encode", "run", "--data", data); status != 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, it says %q", data, status, errs)
		}
		if _, _, errs := call(t, "encode", "run", "--data", data, "--split", "test"); strings.Contains(errs, "encoded are") {
			t.Errorf("%s: who asks for a part is told of it: %q", data, errs)
		}
	}
}
