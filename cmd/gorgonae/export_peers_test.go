package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/run"
)

// peers returns the interpreter with the Python libraries that files are exchanged with.
func peers(t *testing.T) string {
	t.Helper()
	python := os.Getenv("PEERS_PYTHON")
	if python == "" {
		t.Skip("NOT TESTED AGAINST REAL PYTHON LIBRARIES: PEERS_PYTHON is not set; make exchange sets it")
	}
	return python
}

// script runs a script of testdata in the present folder.
func script(t *testing.T, python, path string, args ...string) string {
	t.Helper()
	out, err := exec.Command(python, append([]string{path}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", path, err, out)
	}
	return string(out)
}

// testFile returns the absolute path of a file of this folder, for tests that change to another.
func testFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// README's commands export the tutorial's model, and its lines of Python load it into PyTorch and Keras,
// which predict what we predict.
func TestPeersReadmeExport(t *testing.T) {
	python, predict, readme := peers(t), testFile(t, "testdata/peers_readme.py"), read(t, "../../README.md")
	workplace(t)
	pictures(t, "digits", 30, 28, 3)
	works(t, "train", "--data", "digits", "--epochs", "1", "--batch", "9", "--out", "runs/tutorial-mnist")
	_, section, _ := strings.Cut(readme, "## Models for other libraries\n")
	section, _, _ = strings.Cut(section, "\n## ")
	commands := 0
	for line := range strings.Lines(section) {
		if words := strings.Fields(line); strings.HasPrefix(line, "    gorgonae ") && strings.Contains(line, "safetensors") {
			works(t, words[1:]...)
			commands++
		}
	}
	blocks := strings.Split(section, "```python\n")[1:]
	if commands != 2 || len(blocks) != 2 {
		t.Fatalf("README.md has %d commands and %d blocks of Python about exported models, want 2 and 2", commands, len(blocks))
	}
	m, err := run.Read("runs/tutorial-mnist")
	if err != nil {
		t.Fatal(err)
	}
	const rows = 7
	x := make([]float32, rows*784)
	r := random.New(1, "x")
	for i := range x {
		x[i] = r.Float32()
	}
	want, err := m.Model.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	saveArray(t, "x.npy", x, rows, 784)
	for i, library := range []string{"torch", "keras"} {
		block, _, _ := strings.Cut(blocks[i], "```\n")
		write(t, "block.py", []byte(block))
		script(t, python, predict, "block.py", library)
		sameNumbers(t, library, loadArray(t, "y.npy"), want)
	}
}

// conv-strided flattens coloured images, which Keras counts pixel by pixel and we channel by channel: exported
// for Keras, it predicts there what it predicts here.
func TestPeersKerasFlattens(t *testing.T) {
	python, predict := peers(t), testFile(t, "testdata/peers_keras_strided.py")
	workplace(t)
	works(t, "train", "--data", "pics", "--color", "rgb", "--model", "conv-strided", "--epochs", "3", "--batch", "6", "--out", "run")
	works(t, "export", "run", "--format", "safetensors", "--layout", "keras", "--out", "weights.safetensors")
	m, err := run.Read("run")
	if err != nil {
		t.Fatal(err)
	}
	const rows = 5
	x := make([]float32, rows*8*8*3)
	r := random.New(1, "x")
	for i := range x {
		x[i] = r.Float32()
	}
	want, err := m.Model.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	saveArray(t, "x.npy", x, rows, 8, 8, 3)
	script(t, python, predict)
	sameNumbers(t, "conv-strided", loadArray(t, "y.npy"), want)
}

func saveArray(t *testing.T, path string, data []float32, shape ...int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := npy.Write(f, npy.Array{Shape: shape, Data: data}); err != nil {
		t.Fatal(err)
	}
}

func loadArray(t *testing.T, path string) []float32 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	a, err := npy.Read(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return a.Data
}

// sameNumbers checks that numbers differ by at most 1e-5 of the largest.
func sameNumbers(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d numbers, want %d", what, len(got), len(want))
	}
	largest, difference := float32(0), float32(0)
	for i, v := range want {
		largest, difference = max(largest, v, -v), max(difference, v-got[i], got[i]-v)
	}
	if !(difference <= 1e-5*largest) || largest == 0 {
		t.Errorf("%s: numbers differ by %g, the largest is %g, want at most 1e-5 of it", what, difference, largest)
	}
}
