package main

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder of pictures of different sizes trains a convolutional model by patches. Then evaluate and
// reconstruct take each picture at its own size.
func TestPatches(t *testing.T) {
	slow(t)
	workplace(t)
	sizes := [][2]int{{20, 31}, {33, 17}, {16, 16}, {9, 40}, {25, 25}, {50, 12}, {16, 8}, {21, 30}}
	for i, s := range sizes {
		colourRectangles(t, "one", 1, s[0], s[1], uint64(i))
		write(t, fmt.Sprintf("photos/%d.png", i), []byte(read(t, "one/000.png")))
	}
	refused(t, []string{"want pictures of one size", "--size HxW", "--patch HxW"}, "train", "--data", "photos", "--model", "conv", "--out", "run")
	train := []string{"train", "--data", "photos", "--model", "conv", "--patch", "8x16", "--epochs", "2", "--batch", "4", "--out", "run"}
	works(t, train...)
	measured := works(t, "evaluate", "run", "--data", "photos", "--split", "train")
	works(t, append(train, "--out", "again")...)
	if works(t, "evaluate", "again", "--data", "photos", "--split", "train") != measured {
		t.Error("the same training gives another model")
	}
	before := read(t, "run/model.safetensors")
	works(t, "train", "--data", "photos", "--model", "conv", "--epochs", "2", "--batch", "4", "--out", "run", "--resume") // reads them in patches as before
	if read(t, "run/model.safetensors") != before {
		t.Error("resuming a complete run changes its model")
	}
	out := works(t, "evaluate", "run", "--data", "photos", "--split", "train", "--per-image", "errors.csv")
	if !strings.Contains(out, "each at its own size (") || len(strings.Split(read(t, "errors.csv"), "\n")) < 4 {
		t.Errorf("evaluate prints %q", out)
	}
	out = works(t, "reconstruct", "run", "photos", "--out", "seen")
	if !strings.Contains(out, "wrote 8 reconstructions to seen") || !strings.Contains(out, "(8 sizes)") {
		t.Errorf("reconstruct prints %q", out)
	}
	for i, s := range sizes {
		f, err := os.Open(filepath.Join("seen", fmt.Sprintf("%d.png", i)))
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(f)
		f.Close()
		if err != nil || c.Height != s[0] || c.Width != s[1] {
			t.Errorf("picture %d of %v comes back as %d x %d (%v)", i, s, c.Height, c.Width, err)
		}
	}
	works(t, "figures", "run", "--data", "photos", "--out", "figures") // of patches, as the training drew them
	if read(t, "figures/reconstructions.png") != read(t, "run/reconstructions.png") {
		t.Error("figures draws other patches than train")
	}
	works(t, "encode", "run", "--images", "photos", "--out", "codes.npz")
	works(t, "decode", "run", "codes.npz", "--out", "decoded")
	for i := range sizes {
		if name := fmt.Sprintf("%d.png", i); read(t, "decoded/"+name) != read(t, "seen/"+name) {
			t.Errorf("%s: encode and decode make another picture than reconstruct", name)
		}
	}
	refused(t, []string{"different shapes", "codes.npz"}, "encode", "run", "--images", "photos", "--out", "codes.npy")
	works(t, "train", "--data", "photos", "--model", "deep", "--hidden", "8", "--size", "12x10", "--fit", "pad", "--epochs", "1", "--batch", "4", "--out", "dense")
	if out := works(t, "evaluate", "dense", "--data", "photos"); !strings.Contains(out, "12 x 10 pixels in colour") {
		t.Errorf("a model of pictures of one size evaluates %q", out)
	}
	if out := works(t, "reconstruct", "dense", "photos", "--out", "small"); !strings.Contains(out, "wrote 8 reconstructions to small") {
		t.Errorf("reconstruct prints %q", out)
	}
}

// Numbers of 12 bits in files of 16, and masks of 0 and 1, are spread over the whole range, and the
// model keeps that.
func TestRange(t *testing.T) {
	slow(t)
	workplace(t)
	for i := range 12 {
		deepPicture(t, fmt.Sprintf("ct/%02d.png", i), 8, 4095, uint64(i))
	}
	_, _, errs := call(t, "data", "ct")
	if !strings.Contains(errs, "from 0 to 4095 of 65535, under a tenth of the range (00.png): --range auto spreads them") {
		t.Errorf("data prints %q", errs)
	}
	status, _, errs := call(t, quick("--data", "ct", "--range", "auto", "--out", "run")...)
	if status != 0 || unfit(errs) != "note: the range of the pictures is 0:4095, which becomes 0 to 1\n" {
		t.Errorf("train ends with %d and prints %q", status, errs)
	}
	plain := works(t, "evaluate", "run", "--data", "ct")
	if again := works(t, "evaluate", "run", "--data", "ct", "--range", "0:4095"); again != plain {
		t.Errorf("the model does not read pictures as in its training: %q and %q", plain, again)
	}
	if other := works(t, "evaluate", "run", "--data", "ct", "--range", "full"); other == plain {
		t.Error("--range is without effect")
	}
	if status, _, errs := call(t, "reconstruct", "run", "ct", "--out", "seen"); status != 0 || !strings.Contains(errs, "note: the pictures have 16 bits, and their reconstructions 8;") {
		t.Errorf("reconstruct ends with %d and prints %q", status, errs)
	}
}

// Pictures of different sizes are not binarized, and a model that was trained on binarized ones says so.
func TestBinarizedSizes(t *testing.T) {
	slow(t)
	workplace(t)
	for i := range 8 {
		pictures(t, "one", 1, 8+i, uint64(i))
		write(t, fmt.Sprintf("photos/%d.png", i), []byte(read(t, filepath.Join("one", names(t, "one")[0]))))
	}
	works(t, "train", "--data", "photos", "--model", "conv", "--patch", "8x8", "--binarize", "threshold", "--epochs", "1", "--batch", "4", "--out", "run")
	status, out, errs := call(t, "evaluate", "run", "--data", "photos")
	if status != 0 || !strings.Contains(out, "MSE") || !strings.Contains(errs, "note: the model was trained on binarized images (threshold), and pictures of different sizes are taken as they are\n") {
		t.Errorf("evaluate ends with %d and prints %q, %q", status, out, errs)
	}
}
