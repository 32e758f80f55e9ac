package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shades writes grey images of 4 x 4 pixels into a folder: half of each image is its shade, the rest
// is 0.
func shades(t *testing.T, dir string, all ...uint8) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, shade := range all {
		m := image.NewGray(image.Rect(0, 0, 4, 4))
		for x := range 8 {
			m.SetGray(x%4, x/4, color.Gray{Y: shade})
		}
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%02d.png", i)))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, m); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// train and evaluate print the model's error beside that of the mean image and of PCA, and warn of a
// model that is worse than the mean image.
func TestYardstick(t *testing.T) {
	workplace(t)
	shades(t, "train-split/train", 0, 51, 102, 153, 204, 255) // their mean is 0.5
	shades(t, "train-split/test", 0, 255)
	args := []string{"train", "--data", "train-split", "--hidden", "4", "--batch", "2", "--out"}
	status, out, errs := call(t, append(args, "bad", "--epochs", "1")...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	last := lines[len(lines)-1]
	if want := "; the mean of 6 training images has 0.125000, PCA with 2 components 0.000000"; status != 0 ||
		!strings.HasPrefix(last, "test images: MSE 0.") || !strings.HasSuffix(last, want) {
		t.Errorf("train ends with %d and the line %q, want MSE and %q", status, last, want)
	}
	if want := "WARNING: the model is worse than the mean image: an MSE of 0."; !strings.Contains(errs, want) || !strings.Contains(errs, "against 0.125: train longer") {
		t.Errorf("after one epoch, train warns %q, want %q", errs, want)
	}
	_, out, errs = call(t, "evaluate", "bad", "--data", "train-split")
	for _, want := range []string{
		"mean image     0.125000  MSE of always answering with the mean of 6 training images\n",
		"PCA            0.000000  MSE of 2 principal components of these\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("evaluate prints %q, want %q", out, want)
		}
	}
	if !strings.Contains(errs, "WARNING: the model is worse than the mean image") {
		t.Errorf("evaluate warns %q", errs)
	}
	_, _, errs = call(t, append(args, "good", "--epochs", "400", "--lr", "0.003", "--quiet")...)
	if strings.Contains(errs, "WARNING") {
		t.Errorf("a model that has learnt the shades is warned of: %q", errs)
	}
}

// A loss that rises tenfold and a code that is the same for all images are said once each.
func TestUnfit(t *testing.T) {
	workplace(t)
	shades(t, "data/train", 0, 51, 102, 153, 204, 255, 20, 70, 120, 170)
	shades(t, "data/test", 40, 220, 240)
	_, _, errs := call(t, "train", "--data", "data", "--hidden", "4", "--batch", "4", "--epochs", "6", "--lr", "3", "--quiet", "--out", "rose")
	if n := strings.Count(errs, "WARNING: the loss has risen to "); n != 1 || !strings.Contains(errs, "in epoch 1: take a smaller --lr, or a --clip") {
		t.Errorf("a loss that rises is said %d times, want once: %q", n, errs)
	}
	_, _, errs = call(t, "train", "--data", "data", "--model", "vae", "--hidden", "4", "--latent", "2", "--kl", "1000", "--batch", "1", "--epochs", "60", "--lr", "0.01", "--quiet", "--out", "flat")
	if n := strings.Count(errs, "WARNING: the code has collapsed: it is nearly the same for every image"); n != 1 || !strings.Contains(errs, "take a smaller --kl") {
		t.Errorf("a code that has collapsed is said %d times, want once: %q", n, errs)
	}
	_, _, errs = call(t, "train", "--data", "data", "--model", "codec", "--hidden", "4", "--decoder", "4", "--latent", "2", "--prior", "factorized", "--lambda", "0.0001", "--batch", "1", "--epochs", "60", "--quiet", "--out", "cheap")
	if n := strings.Count(errs, "WARNING: the code has collapsed: it is nearly the same for every image"); n != 1 || !strings.Contains(errs, "take a larger --lambda") {
		t.Errorf("a codec's code that has collapsed is said %d times, want once: %q", n, errs)
	}
	refused(t, []string{"--loss", "want mse:sum", `got "mse"`}, "train", "--data", "data", "--model", "vae", "--loss", "mse")
}
