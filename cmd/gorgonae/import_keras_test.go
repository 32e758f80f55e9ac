package main

import (
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/run"
)

// The tutorial's file, with Adam's state 5.7 MB, should become a run in 0.2 s, which this prints. Keras must make
// the file: PEERS_PYTHON names the interpreter.
func BenchmarkPeersImportKeras(b *testing.B) {
	python := os.Getenv("PEERS_PYTHON")
	if python == "" {
		b.Skip("SKIPPED: the import of the tutorial's file is not measured: PEERS_PYTHON names no Python with Keras")
	}
	dir := b.TempDir()
	if text, err := exec.Command(python, "../../exchange/keras/testdata/make.py", "full", filepath.Join(dir, "tutorial")).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, text)
	}
	for b.Loop() {
		root := newRoot()
		root.SetArgs([]string{"import", filepath.Join(dir, "tutorial.keras"), "--out", filepath.Join(dir, "run"), "--overwrite", "--size", "28x28"})
		root.SetOut(io.Discard)
		if err := root.ExecuteContext(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/import")
}

// kerasFile returns the path of a file that Keras has made.
func kerasFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../exchange/keras/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A model of Keras becomes a run that every command takes, and whose training goes on.
func TestImportKeras(t *testing.T) {
	tutorial, convolutional := kerasFile(t, "tutorial.keras"), kerasFile(t, "convolutional.h5")
	workplace(t)
	pictures(t, "six", 30, 6, 7)
	out := works(t, "import", tutorial, "-o", "t")
	for _, want := range []string{"model AE of Keras 3.15.1 for images of 6 x 6 pixels: the encoder is encoder_model, the decoder decoder_model",
		"training: mse, adam at 0.0005, after 3 steps of Keras (as in the file); batch 32"} {
		if !strings.Contains(out, want) {
			t.Errorf("import prints %q, want %q", out, want)
		}
	}
	for _, args := range [][]string{
		{"summary", "t"}, {"evaluate", "t", "--data", "six"}, {"encode", "t", "--data", "six", "--out", "c.npy"}, {"decode", "t", "c.npy", "--out", "d.npy"},
		{"reconstruct", "t", "six", "--out", "seen"}, {"compress", "t", "six", "--out", "t.gae"}, {"decompress", "t.gae", "--out", "back"},
		{"figures", "t", "--data", "six"}, {"train", "--out", "t", "--resume", "--data", "six", "--epochs", "2", "--batch", "8"}, {"train", "--out", "t", "--resume", "--epochs", "2"},
		{"figures", "t", "--data", "six"}, {"summary", "t"}, {"export", "t", "--format", "safetensors", "--out", "t.safetensors"},
		{"train", "--model", "imported", "--weights", "t", "--out", "again", "--data", "six", "--epochs", "1"},
	} {
		works(t, args...)
	}
	m, err := run.Read("t")
	if err != nil || m.Architecture() != "imported" || !m.Trained() {
		t.Errorf("the model is of architecture %q, trained: %v (%v)", m.Architecture(), m.Trained(), err)
	}
	if !exists("t/reconstructions.png") || !exists("t/loss.png") {
		t.Error("not all figures are drawn")
	}

	out = works(t, "import", convolutional, "-o", "c", "--batch", "8", "--epochs", "1")
	if !strings.Contains(out, "the encoder ends with the layer dropout, whose output of (3) is the code") || !strings.Contains(out, "adam:beta1=0.8 at 0.002") || !strings.Contains(out, "batch 8, for 1 epoch\n") {
		t.Errorf("import prints %q", out)
	}
	works(t, "train", "--out", "c", "--resume", "--data", "pics", "--color", "rgb", "--size", "8x8")
	works(t, "evaluate", "c", "--data", "pics")
}

// What was imported predicts what Keras predicts, in two parts.
func TestImportKerasPredicts(t *testing.T) {
	path := kerasFile(t, "tutorial.keras")
	x, y := numbers(t, kerasFile(t, "tutorial.x")), numbers(t, kerasFile(t, "tutorial.y"))
	workplace(t)
	works(t, "import", path, "-o", "t")
	m, err := run.Read("t")
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Model.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range y {
		if math.Abs(float64(got[i]-v)) > 1e-5 {
			t.Fatalf("number %d is %v, want %v", i, got[i], v)
		}
	}
}

// numbers reads a file of float32 numbers.
func numbers(t *testing.T, path string) []float32 {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(text)/4)
	for i := range x {
		x[i] = math.Float32frombits(uint32(text[4*i]) | uint32(text[4*i+1])<<8 | uint32(text[4*i+2])<<16 | uint32(text[4*i+3])<<24)
	}
	return x
}

func TestImportKerasErrors(t *testing.T) {
	tutorial, weights, convolutional := kerasFile(t, "tutorial.keras"), kerasFile(t, "tutorial.weights.h5"), kerasFile(t, "convolutional.h5")
	workplace(t)
	works(t, "import", tutorial, "-o", "t")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"import", tutorial, "-o", "t"}, "t holds a run"},
		{[]string{"import", weights, "-o", "w"}, "add --config model.json"},
		{[]string{"import", tutorial, "-o", "w", "--model", "deep"}, "--model is for files that hold weights alone"},
		{[]string{"import", tutorial, "-o", "w", "--size", "5x5"}, "--size: want a size of 36 numbers"},
		{[]string{"import", convolutional, "-o", "w", "--size", "64x64"}, "--size: want 8x8, which the model in "},
		{[]string{"import", tutorial, "-o", "w", "--bottleneck", "nothing"}, "want a layer through which everything passes as the bottleneck, one of encoder_dense_1"},
		{[]string{"import", tutorial, "-o", "w", "--encoder", "nothing"}, "want a model within"},
		{[]string{"import", tutorial, "-o", "w", "--batch", "0"}, "--batch: want at least 1, got 0"},
		{[]string{"train", "--model", "imported", "--data", "pics"}, "gorgonae import FILE"},
		{[]string{"train", "--out", "t", "--resume", "--data", "pics"}, "want images of"},
	} {
		if status, _, errs := call(t, c.args...); status != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("gorgonae %s: status %d, %q, want 1 and %q", strings.Join(c.args, " "), status, errs, c.want)
		}
	}
	if exists("w") {
		t.Error("a folder was made for nothing")
	}
}
