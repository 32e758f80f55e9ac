package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// A folder of photographs of different sizes trains by patches, and each is reconstructed at its own size,
// better than by the mean of all colours.
func TestPhotos(t *testing.T) {
	slow(t)
	dir := os.Getenv("PHOTOS_DIR")
	if dir == "" {
		t.Skip("PHOTOS_DIR is not set: training on photographs is NOT tested")
	}
	dir = filepath.Join(dir, "train")
	t.Chdir(t.TempDir())
	works(t, "train", "--data", dir, "--model", "conv", "--patch", "64x64", "--lr", "0.002", "--schedule", "constant", "--epochs", "1", "--out", "run", "--quiet")
	out := works(t, "reconstruct", "run", dir, "--out", "seen", "--per-image", "errors.csv")
	photos, err := images.OpenFolder(t.Context(), dir, images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := images.OpenFolder(t.Context(), "seen", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if photos.Len() != seen.Len() || photos.Len() < 15 || !strings.Contains(out, "each at its own size") {
		t.Fatalf("%d photographs, %d reconstructions: %s", photos.Len(), seen.Len(), out)
	}
	squared, spread := 0.0, 0.0 // against the photographs, and their own variance
	for i := range photos.Len() {
		size := photos.SizeOf(i)
		if size != seen.SizeOf(i) || photos.File(i)+".png" != seen.File(i) {
			t.Fatalf("%s of %v comes back as %s of %v", photos.File(i), size, seen.File(i), seen.SizeOf(i))
		}
		x, y := make([]float32, size.Numbers()), make([]float32, size.Numbers())
		if err := photos.Picture(i, x); err != nil {
			t.Fatal(err)
		}
		if err := seen.Picture(i, y); err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for k, v := range x {
			sum += float64(v)
			squared += float64(v-y[k]) * float64(v-y[k])
		}
		for _, v := range x {
			d := float64(v) - sum/float64(len(x))
			spread += d * d
		}
	}
	if squared > 0.5*spread {
		t.Errorf("the squared error is %.3g, that of the mean of each photograph %.3g", squared, spread)
	}
}
