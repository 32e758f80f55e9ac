package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A lossless model gives the images back exactly, and says so. Options that choose an error are
// refused.
func TestLossless(t *testing.T) {
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "lossless", "--value", "8", "--batch", "8", "--epochs", "1", "--quiet", "--out", "run")
	out := works(t, "compress", "run", "pics", "-o", "pics.gae")
	for _, text := range []string{"squared error   0, the images are stored exactly\n", " a pixel\n", "model           "} {
		if !strings.Contains(out, text) {
			t.Errorf("compress does not print %q: %s", text, out)
		}
	}
	if out := works(t, "info", "pics.gae"); !strings.Contains(out, "the images are stored exactly") {
		t.Errorf("info prints %s", out)
	}
	if out := works(t, "verify", "pics.gae"); !strings.HasPrefix(out, "pics.gae is whole: 40 images of 8 x 8 pixels") {
		t.Errorf("verify prints %q", out)
	}
	works(t, "decompress", "pics.gae", "--out", "out")
	pixels := func(path string) []byte {
		img, err := png.Decode(bytes.NewReader([]byte(read(t, path))))
		if err != nil {
			t.Fatal(err)
		}
		return img.(*image.Gray).Pix
	}
	for _, name := range names(t, "pics") {
		if !bytes.Equal(pixels(filepath.Join("pics", name)), pixels(filepath.Join("out", name))) {
			t.Errorf("%s has changed", name)
		}
	}
	if out := works(t, "evaluate", "run", "--data", "pics"); !strings.Contains(out, "term of the loss, an image; ") {
		t.Errorf("evaluate prints %s", out)
	}
	for flag, want := range map[string]string{
		"--error=1": "stores images exactly", "--bits=9": "stores images exactly", "--effort=3": "nothing is left to choose",
		"--lambda=2": "its squared error is 0", "--external": "its decoder is empty",
	} {
		refused(t, []string{want}, "compress", "run", "pics", "-o", "other.gae", flag)
	}
}

// A file of a lossless model can be continued, and images that lost something when they were read
// are not said to be exact.
func TestLosslessLike(t *testing.T) {
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "lossless", "--value", "8", "--batch", "8", "--epochs", "1", "--quiet", "--out", "run")
	works(t, "compress", "run", "pics", "-o", "a.gae")
	works(t, "compress", "run", "pics", "-o", "b.gae", "--like", "a.gae")
	if read(t, "a.gae") != read(t, "b.gae") {
		t.Error("--like makes another file of the same images")
	}
	deep := image.NewGray16(image.Rect(0, 0, 8, 8))
	deep.Pix[0], deep.Pix[1] = 3, 7
	clear := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for name, c := range map[string]struct {
		m    image.Image
		note string
	}{"deep.png": {deep, "the pictures have 16 bits, the compressed images 8"}, "clear.png": {clear, "1 of 1 pictures has transparent pixels, which are laid on white"}} {
		var b bytes.Buffer
		if err := png.Encode(&b, c.m); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		out := works(t, "compress", "run", name, "-o", name+".gae")
		if !strings.Contains(out, "the images as they were read are stored exactly") || !strings.Contains(out, "NOTE            "+c.note) {
			t.Errorf("%s: compress prints %s", name, out)
		}
	}
}
