package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/run"
)

// colourPictures makes a folder of n square images: a coloured disc on a dark background.
func colourPictures(t *testing.T, dir string, n, side int, seed uint64) {
	t.Helper()
	colourRectangles(t, dir, n, side, side, seed)
}

// colourRectangles is colourPictures for images of a height and a width.
func colourRectangles(t *testing.T, dir string, n, height, width int, seed uint64) {
	t.Helper()
	r := random.New(seed, "colour pictures")
	for i := range n {
		img := image.NewNRGBA(image.Rect(0, 0, width, height))
		x, y, hue := r.Float32()*float32(width), r.Float32()*float32(height), byte(r.Uint64n(256))
		for k := range height * width {
			c := color.NRGBA{10, 20, 40, 255}
			dx, dy := float32(k%width)-x, float32(k/width)-y
			if dx*dx+dy*dy < float32(height*width)/16 {
				c = color.NRGBA{255, hue, 255 - hue, 255}
			}
			img.SetNRGBA(k%width, k/width, c)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, fmt.Sprintf("%03d.png", i)), b.Bytes())
	}
}

// Every command supports colour with every architecture. It writes three channels, and the other
// commands can read its files.
func TestColour(t *testing.T) {
	slow(t)
	workplace(t)
	colourPictures(t, "colours", 40, 8, 3) // of which 4 are held out
	if out := works(t, "data", "colours"); !strings.Contains(out, "red, green and blue") {
		t.Errorf("data prints %s", out)
	}
	for _, a := range autoencoder.Architectures() {
		dir, array := "run-"+a.Name, a.Name+".npy"
		out := works(t, "train", "--data", "colours", "--model", a.Name, "--epochs", "1", "--out", dir)
		if want := "colours: 36 training and 4 test images in colour, colours\n"; !strings.Contains(out, want) {
			t.Errorf("%s: train does not print %q: %s", a.Name, want, out)
		}
		checkRun(t, dir, 1)
		if out := works(t, "evaluate", dir, "--data", "colours"); !strings.Contains(out, "4 images of 8 x 8 pixels in colour") ||
			!strings.Contains(out, " numbers for 192: ") {
			t.Errorf("%s: evaluate prints %s", a.Name, out)
		}
		works(t, "encode", dir, "--data", "colours", "--out", array)
		works(t, "decode", dir, array, "--out", a.Name+"-images.npy")
		if d := readNPY(t, a.Name+"-images.npy"); !slices.Equal(d.Shape, []int{4, 8, 8, 3}) {
			t.Errorf("%s: decode writes an array of shape %v", a.Name, d.Shape)
		}
		works(t, "decode", dir, array, "--out", a.Name+"-images")
		img, err := png.Decode(bytes.NewReader([]byte(read(t, filepath.Join(a.Name+"-images", names(t, a.Name+"-images")[3])))))
		if err != nil || img.ColorModel() == color.GrayModel {
			t.Errorf("%s: decode writes no colour (%v)", a.Name, err)
		}
		works(t, "encode", dir, "--images", a.Name+"-images.npy", "--out", "again.npy")
		works(t, "encode", dir, "--images", a.Name+"-images", "--out", "again.npy")
		works(t, "figures", dir, "--data", "colours", "--out", a.Name+"-figures")
		works(t, "summary", dir)
	}
}

// An array of colour images may have its channels last or first. Its codes are the same as those of
// the files.
func TestColourArrays(t *testing.T) {
	slow(t)
	workplace(t)
	colourPictures(t, "colours", 20, 16, 1)
	works(t, "train", "--data", "colours", "--model", "conv", "--epochs", "1", "--out", "run")
	works(t, "encode", "run", "--images", "colours", "--out", "files.npy")
	last, first := make([]byte, 20*16*16*3), make([]byte, 20*16*16*3)
	for i, name := range names(t, "colours") {
		img, err := png.Decode(bytes.NewReader([]byte(read(t, filepath.Join("colours", name)))))
		if err != nil {
			t.Fatal(err)
		}
		for p := range 256 {
			c := color.NRGBAModel.Convert(img.At(p%16, p/16)).(color.NRGBA)
			for ch, v := range []byte{c.R, c.G, c.B} {
				last[(i*256+p)*3+ch] = v
				first[(i*3+ch)*256+p] = v
			}
		}
	}
	writeNPY(t, "last.npy", "|u1", []int{20, 16, 16, 3}, last)
	writeNPY(t, "first.npy", "|u1", []int{20, 3, 16, 16}, first)
	writeNPY(t, "flat.npy", "|u1", []int{20, 768}, last)
	for _, array := range []string{"last.npy", "first.npy", "flat.npy"} {
		works(t, "encode", "run", "--images", array, "--out", "codes.npy")
		if read(t, "codes.npy") != read(t, "files.npy") {
			t.Errorf("%s gives other codes than the files", array)
		}
	}
	writeNPY(t, "grey.npy", "|u1", []int{20, 16, 16}, last[:20*256])
	refused(t, []string{"cannot read grey.npy", "(20, 16, 16)", "(n, 16, 16, 3)"}, "encode", "run", "--images", "grey.npy")
	writeNPY(t, "either.npy", "|u1", []int{1, 3, 8, 3}, last[:72])
	refused(t, []string{"cannot read either.npy", "first or last"}, "encode", "run", "--images", "either.npy")
}

// --color decides how a data set is read for a training. Later the model decides how its data are
// read.
func TestColorFlag(t *testing.T) {
	slow(t)
	workplace(t)
	colourPictures(t, "colours", 40, 8, 3) // of which 4 are held out
	numbers := func(dir string) int {
		m, err := run.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		return m.Size().Numbers()
	}
	works(t, quick("--data", "colours", "--color", "grey", "--out", "grey")...)
	works(t, quick("--data", "pics", "--color", "rgb", "--out", "rgb")...)
	if numbers("grey") != 64 || numbers("rgb") != 192 {
		t.Errorf("the models take %d and %d numbers, want 64 and 192", numbers("grey"), numbers("rgb"))
	}
	for _, dir := range []string{"grey", "rgb"} {
		for _, data := range []string{"colours", "pics"} {
			works(t, "evaluate", dir, "--data", data)
			works(t, "encode", dir, "--images", data)
		}
	}
	works(t, quick("--data", "colours", "--out", "grey", "--epochs", "3", "--resume")...) // continues in grey
	checkRun(t, "grey", 3)
	works(t, quick("--data", "colours", "--color", "grey")...)
	works(t, quick("--data", "colours", "--epochs", "3", "--resume")...)
	checkRun(t, "runs/tutorial-colours", 3)
	refused(t, []string{"--color", `"blue"`}, quick("--color", "blue", "--out", "new")...)
	refused(t, []string{"--color", `"blue"`}, "data", "pics", "--color", "blue")
}

// A denoising model is evaluated on noisy images. Its figure shows them, and evaluate prints the
// errors of the noisy images and of their reconstructions.
func TestNoisy(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "denoising", "--hidden", "32", "--latent", "16", "--epochs", "60", "--batch", "6",
		"--noise", "0.3", "--lr", "0.01", "--out", "run")
	works(t, "figures", "run", "--data", "pics", "--svg", "--out", "svg")
	svg := read(t, "svg/reconstructions.svg")
	for _, row := range []string{">original<", ">noisy input<", ">reconstruction<"} {
		if strings.Count(svg, row) != 1 {
			t.Errorf("the figure has no row %q", row)
		}
	}
	if n := strings.Count(svg, "MSE 0."); n != 8 {
		t.Errorf("the figure has %d notes, want one for each of 4 noisy images and their reconstructions", n)
	}
	out := works(t, "evaluate", "run", "--data", "pics", "--split", "train")
	var noisy, denoised float64
	for line := range strings.Lines(out) {
		fmt.Sscanf(line, "noisy input %f", &noisy)
		fmt.Sscanf(line, "denoised %f", &denoised)
	}
	if !(noisy > 0.08 && noisy < 0.1 && denoised > 0 && denoised < noisy) { // 0.3² of noise
		t.Errorf("the error of the noisy images is %v, that of the reconstructions %v: %s", noisy, denoised, out)
	}
	works(t, quick("--out", "plain")...)
	if out := works(t, "evaluate", "plain", "--data", "pics"); strings.Contains(out, "nois") {
		t.Errorf("evaluate mentions noise for a model without noise: %s", out)
	}
	if _, err := os.Stat("svg/reconstructions.png"); err == nil {
		t.Error("figures --svg wrote a PNG")
	}
}
