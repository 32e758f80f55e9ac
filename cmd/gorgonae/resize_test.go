package main

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// A convolutional model accepts images and codes of other sizes than those it was trained on. The
// results are the same for image files and for an array.
func TestOtherSizes(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "large", 5, 24, 2)
	works(t, "train", "--data", "pics", "--model", "conv", "--epochs", "1", "--batch", "8", "--out", "run")
	works(t, "evaluate", "run", "--data", "large")

	works(t, "figures", "run", "--data", "large", "--svg", "--out", "figures")
	for file, want := range map[string]string{"loss.svg": "Loss: pics, 8 latents", "reconstructions.svg": "large, 72 latents"} {
		if !strings.Contains(read(t, "figures/"+file), want) {
			t.Errorf("%s does not say %q", file, want)
		}
	}

	works(t, "encode", "run", "--images", "large", "--out", "codes.npy")
	a := readNPY(t, "codes.npy")
	if fmt.Sprint(a.Shape) != "[5 8 3 3]" {
		t.Errorf("codes of shape %v", a.Shape)
	}
	set, err := images.ReadFolder("large", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	writeNPY(t, "large.npy", "|u1", []int{5, 24, 24}, set.Pixels)
	works(t, "encode", "run", "--images", "large.npy", "--out", "again.npy")
	if read(t, "again.npy") != read(t, "codes.npy") {
		t.Error("the array gives other codes than the folder")
	}
	if out := works(t, "decode", "run", "codes.npy", "--out", "decoded.npy"); out != "wrote 5 images of 24 x 24 pixels to decoded.npy\n" {
		t.Errorf("decode prints %q", out)
	}
	if d := readNPY(t, "decoded.npy"); fmt.Sprint(d.Shape) != "[5 24 24]" {
		t.Errorf("images of shape %v", d.Shape)
	}

	writeNPY(t, "bright.npy", "<f4", []int{1, 8, 8}, append(make([]float32, 63), 1.5))
	refused(t, []string{"bright.npy: want pixels from 0, black, to 1, white, got 1.5"}, "encode", "run", "--images", "bright.npy")
	writeNPY(t, "channels.npy", "<f4", []int{1, 3, 2, 2}, make([]float32, 12))
	refused(t, []string{"want codes of shape (8, 1, 1) for the model, got (3, 2, 2) in channels.npy"}, "decode", "run", "channels.npy")

	works(t, quick("--out", "dense")...)
	refused(t, []string{"want images of 8 x 8 pixels for the model, got 24 x 24 pixels in large"}, "evaluate", "dense", "--data", "large")
	refused(t, []string{"cannot read large.npy: want an array of shape (n, 8, 8), got (5, 24, 24)"}, "encode", "dense", "--images", "large.npy")
}

// Convolutions take images of any size: they are padded inside and cropped back, in training and in
// use.
func TestAnySize(t *testing.T) {
	slow(t)
	workplace(t)
	colourRectangles(t, "odd", 6, 11, 13, 1)
	works(t, "train", "--data", "odd", "--model", "conv", "--epochs", "1", "--batch", "4", "--out", "run")
	if out := works(t, "evaluate", "run", "--data", "odd", "--split", "train"); !strings.Contains(out, "11 x 13 pixels in colour") {
		t.Errorf("evaluate prints %q", out)
	}
	for _, size := range [][2]int{{1, 1}, {11, 13}, {17, 5}} {
		name := fmt.Sprintf("of%dx%d", size[0], size[1])
		colourRectangles(t, name, 3, size[0], size[1], 2)
		works(t, "evaluate", "run", "--data", name)
		works(t, "compress", "run", name, "-o", name+".gae")
		works(t, "decompress", name+".gae", "-o", name+"-back")
		back, err := images.ReadFolder(name+"-back", images.Options{Color: images.RGB})
		if err != nil || back.Height != size[0] || back.Width != size[1] || back.Len() != 3 {
			t.Errorf("pictures of %v come back as %+v (%v)", size, back.Size(), err)
		}
	}
}

// evaluate writes the error of each image beside its name.
func TestPerImage(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	out := works(t, "evaluate", "run", "--data", "pics", "--split", "train", "--per-image", "errors.csv")
	rows := strings.Split(strings.TrimSpace(read(t, "errors.csv")), "\n")
	if rows[0] != "name,label,height,width,mse,squared_error,psnr" || !strings.HasSuffix(strings.Split(rows[1], ",")[0], ".png") {
		t.Errorf("the file begins with %q", rows[:2])
	}
	var sum float64
	for _, row := range rows[1:] {
		var mse, squared, psnr float64
		fields := strings.Split(row, ",")
		if _, err := fmt.Sscan(strings.Join(fields[4:], " "), &mse, &squared, &psnr); err != nil || math.Abs(squared-64*mse) > 1e-4*squared || math.Abs(psnr+10*math.Log10(mse)) > 1e-3 {
			t.Errorf("row %q: %v", row, err)
		}
		sum += squared
	}
	if want := fmt.Sprintf("squared error  %.5g", sum/float64(len(rows)-1)); !strings.Contains(out, want) {
		t.Errorf("the mean of all rows is %q, evaluate prints %q", want, out)
	}
}

// reconstruct writes what the model makes of each picture, under the picture's name.
func TestReconstruct(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	pictures(t, "own/a", 2, 8, 3)
	pictures(t, "own/b", 1, 8, 4)
	out := works(t, "reconstruct", "run", "own", "--out", "seen", "--per-image", "e.csv")
	if !strings.HasPrefix(out, "wrote 3 reconstructions to seen: MSE 0.") {
		t.Errorf("it prints %q", out)
	}
	works(t, "encode", "run", "--images", "own", "--out", "codes.npy")
	works(t, "decode", "run", "codes.npy", "--out", "decoded")
	for _, name := range []string{"a/000.png", "a/001.png", "b/000.png"} {
		if read(t, "seen/"+name) != read(t, "decoded/"+name) {
			t.Errorf("%s is not what encode and decode make", name)
		}
	}
	if rows := strings.Split(read(t, "e.csv"), "\n"); !strings.HasPrefix(rows[3], "b/000.png,b,8,8,0.") {
		t.Errorf("the third row is %q", rows[3])
	}
	refused(t, []string{"a/000.png exists already"}, "reconstruct", "run", "own", "--out", "seen")
}
