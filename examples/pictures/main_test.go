package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// The example leaves a complete run, and its images are in colour if the pictures are.
func TestPictures(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for i := range 20 { // a bright square somewhere
		img := image.NewNRGBA(image.Rect(0, 0, 16, 24))
		for k := range 36 {
			img.SetNRGBA(i%10+k%6, i%17+k/6, color.NRGBA{230, 90, byte(9 * i), 255})
		}
		f, err := os.Create(filepath.Join(from, strconv.Itoa(i)+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	var out strings.Builder
	if err := pictures(t.Context(), &out, from, to, 3); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "val_loss") != 3 {
		t.Errorf("it prints %s", &out)
	}
	for _, name := range run.Files() {
		if _, err := os.Stat(filepath.Join(to, name)); err != nil {
			t.Error(err)
		}
	}
	m, err := run.Read(to)
	if err != nil {
		t.Fatal(err)
	}
	if want := (images.Size{Channels: 3, Height: 24, Width: 16}); m.Size() != want {
		t.Errorf("the model takes images of %v, want %v", m.Size(), want)
	}
	if s := m.Encoder.Out(); !slices.Equal(s, []int{8, 3, 2}) {
		t.Errorf("the codes have shape %v, want (8, 3, 2)", s)
	}
}
