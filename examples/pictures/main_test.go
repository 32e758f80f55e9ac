package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
)

func TestRun(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for i := range 20 { // a bright square somewhere
		img := image.NewGray(image.Rect(0, 0, 16, 24))
		for k := range 36 {
			img.SetGray(i%10+k%6, i%17+k/6, color.Gray{Y: 230})
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
	if err := run(t.Context(), &out, from, to, 3); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "val_loss") != 3 {
		t.Errorf("it prints %s", &out)
	}
	made, err := images.ReadFolder(filepath.Join(to, "reconstructions"), images.Options{})
	if err != nil || made.Len() != 2 || made.Height != 24 || made.Width != 16 {
		t.Errorf("the reconstructions are %+v (%v)", made, err)
	}
	ae, _, err := autoencoder.Read(filepath.Join(to, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if s := ae.Encoder.Out(); len(s) != 3 || s[0] != 8 || s[1] != 3 || s[2] != 2 {
		t.Errorf("the codes have shape %v, want (8, 3, 2)", s)
	}
}
