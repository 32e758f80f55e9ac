package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// The error of the mean colour is that of its definition.
func TestMeanColour(t *testing.T) {
	workplace(t)
	// Two pictures of different sizes: 4 pixels of (0, 51, 255), 2 of (255, 51, 0).
	for i, p := range []struct {
		w, h int
		c    color.NRGBA
	}{{2, 2, color.NRGBA{0, 51, 255, 255}}, {2, 1, color.NRGBA{255, 51, 0, 255}}} {
		m := image.NewNRGBA(image.Rect(0, 0, p.w, p.h))
		for k := range p.w * p.h {
			m.SetNRGBA(k%p.w, k/p.w, p.c)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join("two", strconv.Itoa(i)+".png"), b.Bytes())
	}
	files, err := images.OpenFolder(t.Context(), "two", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := sumColours(t.Context(), files, 10)
	if err != nil {
		t.Fatal(err)
	}
	mean := s.mean()
	for c, want := range []float64{1. / 3, 0.2, 2. / 3} {
		if math.Abs(mean[c]-want) > 1e-6 {
			t.Errorf("channel %d has the mean %v, want %v", c, mean[c], want)
		}
	}
	// Red and blue: 4 pixels are 1/3 away and 2 pixels 2/3.
	want := 2 * (4*(1./9) + 2*(4./9)) / 18
	if got := s.errorOf(mean); math.Abs(got-want) > 1e-6 {
		t.Errorf("the error is %v, want %v", got, want)
	}
	if s, err = sumColours(t.Context(), files, 1); err != nil || s.pictures != 1 || s.pixels != 4 {
		t.Errorf("one picture of two is %+v (%v)", s, err)
	}
}

// evaluate names that error beside the model's.
func TestEvaluateMeanColour(t *testing.T) {
	slow(t)
	workplace(t)
	for i, s := range [][2]int{{20, 31}, {33, 17}, {16, 16}, {9, 40}} {
		colourRectangles(t, "one", 1, s[0], s[1], uint64(i))
		write(t, filepath.Join("photos", strconv.Itoa(i)+".png"), []byte(read(t, "one/000.png")))
	}
	works(t, "train", "--data", "photos", "--model", "conv", "--patch", "8x16", "--epochs", "1", "--batch", "4", "--out", "run", "--quiet")
	_, out, errs := call(t, "evaluate", "run", "--data", "photos", "--split", "train")
	if !strings.Contains(errs, "WARNING: the model is worse than one colour everywhere") { // after an epoch of four patches
		t.Errorf("evaluate warns %q", errs)
	}
	if !regexp.MustCompile(`mean colour +0\.\d{6}  MSE of always answering with the mean colour of \d training pictures?\n`).MatchString(out) {
		t.Errorf("evaluate prints %s", out)
	}
}
