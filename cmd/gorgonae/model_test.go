package main

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/run"
)

func TestSummary(t *testing.T) {
	workplace(t)
	out := works(t, "summary")
	rest := out
	for _, want := range []string{`Model: "encoder_model"`, "(None, 784)", "(None, 300)", "(None, 2)", " Total params: 236,102 ",
		`Model: "decoder_model"`, " Total params: 236,884 ", `Model: "AE"`, "236,102", "236,884", " Total params: 472,986 "} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("summary lacks %q or has it out of order: %s", want, out)
		}
		rest = after
	}
	whole := works(t, "summary", "--hidden", "96,40", "--latent", "1", "--activation", "silu", "--dropout", "0.1", "--loss", "bce")
	for _, want := range []string{"encoder_dense_3 (Dense)", "decoder_silu_2 (SiLU)", "encoder_dropout_2 (Dropout)", "decoder_output (Sigmoid)",
		fmt.Sprintf("Total params: %d,%03d ", (785*96+97*40+41)/1000, (785*96+97*40+41)%1000)} {
		if !strings.Contains(whole, want) {
			t.Errorf("summary with options lacks %q: %s", want, whole)
		}
	}
	works(t, quick("--out", "run")...)
	const how = "\ntrained by: gorgonae train --model tutorial --data pics --hidden 8 --epochs 2 --batch 8\n"
	if a, b := works(t, "summary", "run"), works(t, "summary", "run/model.safetensors"); a != b+how || !strings.Contains(a, "(None, 64)") {
		t.Errorf("summary of a run and of its model file: %q, %q", a, b)
	}
	refused(t, []string{"MODEL"}, "summary", "run", "--latent", "3")
}

// evaluate prints the same errors as this test computes by hand from the weights.
func TestEvaluate(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "large", 30, 28, 3)
	works(t, quick("--data", "large", "--out", "run")...)
	data, err := dataset.Open(t.Context(), dataset.Options{Data: "large"})
	if err != nil {
		t.Fatal(err)
	}
	test := setOf(t, data.TestFiles)
	_, outputs := readNet(t, "run").codesAndImages(test)
	sum := 0.0
	for i, y := range outputs {
		d := y - float64(test.Pixels[i])/255
		sum += d * d
	}
	mse := sum / float64(len(outputs))
	out := works(t, "evaluate", "run", "--data", "large")
	for name, want := range map[string]float64{"MSE": mse, "RMSE": math.Sqrt(mse), "squared error": mse * 784, "PSNR": 10 * math.Log10(1/mse)} {
		got := math.NaN()
		for line := range strings.Lines(out) {
			if rest, ok := strings.CutPrefix(line, name+"  "); ok {
				fmt.Sscan(rest, &got)
			}
		}
		if !(math.Abs(got-want) < 1e-5*max(1, want)+0.005*float64(strings.Count(name, "PSNR"))) {
			t.Errorf("%s is %v, want %v: %s", name, got, want, out)
		}
	}
	for _, want := range []string{"large, test: 4 images of 28 x 28 pixels\n", "2 numbers for 784: 99.745 % saved; 8 bytes as float32 for 784: 98.980 % saved\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("evaluate does not print %q: %s", want, out)
		}
	}
	if out := works(t, "evaluate", "run", "--data", "large", "--split", "train"); !strings.Contains(out, "large, train: 26 images") {
		t.Errorf("evaluate --split train prints %s", out)
	}
}

// figures draws the same figures as train, with the seed of the training. It can also draw them as
// SVG.
func TestFigures(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run", "--latent", "3", "--seed", "5")...)
	works(t, "figures", "run", "--data", "pics", "--out", "new/folder")
	for _, name := range run.Figures() {
		if read(t, filepath.Join("run", name+".png")) != read(t, filepath.Join("new/folder", name+".png")) {
			t.Errorf("%s.png is not the same when it is drawn again", name)
		}
	}
	works(t, "figures", "run/model.safetensors", "--data", "pics", "--out", "other", "--seed", "4")
	if read(t, "run/reconstructions.png") == read(t, "other/reconstructions.png") {
		t.Error("another seed chooses the same images")
	}
	want := "run now holds reconstructions.svg, latent.svg, loss.svg, grid.svg, report.html\n"
	if out := works(t, "figures", "run", "--data", "pics", "--svg"); out != want {
		t.Errorf("figures prints %q, want %q", out, want)
	}
	for name, texts := range map[string][]string{
		"reconstructions": {"pics, 3 latents", "MSE 0."},
		"latent":          {"pics", "principal components"},
		"loss":            {"pics, 3 latents", "squared error per pixel"},
		"grid":            {"pics, 3 latents", "first two principal components"},
	} {
		svg := read(t, filepath.Join("run", name+".svg"))
		for _, text := range append(texts, "<svg ") {
			if !strings.Contains(svg, text) {
				t.Errorf("%s.svg lacks %q", name, text)
			}
		}
	}
	if n := len(names(t, "run")); n != len(runNames())+4 {
		t.Errorf("the folder holds %q", names(t, "run"))
	}
}

// idx writes four small IDX files with some training and test images of one size.
func idx(t *testing.T, dir string, train, test, height, width int) {
	t.Helper()
	file := func(name string, axes ...int) {
		head, n := []byte{0, 0, 8, byte(len(axes))}, 1
		for _, a := range axes {
			head, n = append(head, 0, 0, byte(a>>8), byte(a)), n*a
		}
		for i := range n {
			head = append(head, byte(i*i%10))
		}
		write(t, filepath.Join(dir, name), head)
	}
	file("train-images-idx3-ubyte", train, height, width)
	file("train-labels-idx1-ubyte", train)
	file("t10k-images-idx3-ubyte", test, height, width)
	file("t10k-labels-idx1-ubyte", test)
}

// Data are found in a folder and in MNIST_DIR. If the data in MNIST_DIR are not MNIST's, there is a
// warning.
func TestData(t *testing.T) {
	slow(t)
	workplace(t)
	idx(t, "small", 30, 10, 6, 7)
	if out := works(t, "data", "small"); !strings.Contains(out, "6 x 7 pixels") || strings.Count(out, "of no set that has a name") != 4 {
		t.Errorf("data prints %s", out)
	}
	if out := works(t, "data", "pics"); !strings.Contains(out, "36 images") || !strings.Contains(out, "no labels") {
		t.Errorf("data prints %s", out)
	}
	works(t, quick("--data", "small")...)
	checkRun(t, "runs/tutorial-small", 2)
	t.Setenv("MNIST_DIR", "small")
	status, _, errs := call(t, "train", "--hidden", "8", "--epochs", "1")
	if status != 0 || !strings.HasPrefix(errs, "WARNING: ") || strings.Count(unfit(errs, "note: "), "\n") != 1 {
		t.Errorf("training on the data in MNIST_DIR: status %d, standard error %q", status, errs)
	}
	checkRun(t, "runs/tutorial-small-2", 1)
}

// A folder with a folder for each class has labels, and the figure of the codes shows them.
func TestClasses(t *testing.T) {
	slow(t)
	workplace(t)
	for i, name := range names(t, "pics") {
		class := filepath.Join("sorted", []string{"left", "right"}[i%2])
		if err := os.MkdirAll(class, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join("pics", name), filepath.Join(class, name)); err != nil {
			t.Fatal(err)
		}
	}
	works(t, quick("--data", "sorted", "--out", "run")...)
	checkRun(t, "run", 2)
	works(t, quick("--data", "pics/../sorted/left", "--out", "plain")...)
	a, b := []byte(read(t, "run/latent.png")), []byte(read(t, "plain/latent.png"))
	colours := func(text []byte) int {
		img, err := png.Decode(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var seen []uint32
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				r, g, b, _ := img.At(x, y).RGBA()
				if c := r>>8<<16 | g>>8<<8 | b>>8; r != g && !slices.Contains(seen, c) {
					seen = append(seen, c)
				}
			}
		}
		return len(seen)
	}
	if with, without := colours(a), colours(b); with <= without {
		t.Errorf("%d colours with labels, %d without", with, without)
	}
}
