package keras_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/exchange/keras"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// python returns the interpreter that has Keras, or skips the test.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PEERS_PYTHON")
	if path == "" {
		t.Skip("SKIPPED: nothing is compared with Keras: PEERS_PYTHON names no Python that has it (make exchange)")
	}
	return path
}

// Random models of all layers predict what Keras predicts, whichever way they were saved, and the next steps of
// training have the losses that they have in Keras.
func TestPeersRandomModels(t *testing.T) {
	const count = 60
	dir := t.TempDir()
	cmd := exec.Command(python(t), "testdata/peers.py", dir, fmt.Sprint(count), "7")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	kinds := map[string]int{}
	for i := range count {
		base := filepath.Join(dir, fmt.Sprint(i))
		for _, file := range []struct{ path, config string }{{base + ".keras", ""}, {base + ".h5", ""}, {base + ".weights.h5", base + ".json"}} {
			m, err := keras.Read(file.path, keras.Options{Config: file.config})
			if err != nil {
				t.Errorf("model %d: %v", i, err)
				continue
			}
			agreesWith(t, m, base)
			if m.Training.Known {
				continues(t, m, base)
			}
			for _, inner := range m.Models() {
				for _, n := range inner.Nodes() {
					kinds[n.Layer().Kind()]++
				}
			}
		}
	}
	for _, kind := range []string{"Dense", "Conv2D", "ConvTranspose2D", "MaxPool2D", "AveragePool2D", "GlobalAveragePool2D", "UpSample2D", "ZeroPad2D", "Crop2D",
		"BatchNorm", "LayerNorm", "LeakyReLU", "ELU", "ReLU", "SiLU", "GELU", "Sigmoid", "Tanh", "Softplus", "Flatten", "Reshape", "Add", "Concat", "ActivityL2", "Model"} {
		if kinds[kind] == 0 {
			t.Errorf("no model has a %s: take more models", kind)
		}
	}
}

// agreesWith checks the predictions of a model against those of Keras.
func agreesWith(t *testing.T, m *keras.Model, base string) {
	t.Helper()
	want := floats(t, base+".y")
	got, err := m.Predict(context.Background(), floats(t, base+".x"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", base, len(got), len(want))
	}
	largest, off := 0.0, 0.0
	for i, v := range want {
		largest, off = max(largest, math.Abs(float64(v))), max(off, math.Abs(float64(got[i]-v)))
	}
	if !(off <= 1e-5*largest) {
		t.Errorf("%s: predictions are off by %.3g of the largest number", base, off/largest)
		describe(t, m)
	}
}

// continues checks the losses of the next steps of training against those of Keras.
func continues(t *testing.T, m *keras.Model, base string) {
	t.Helper()
	text, err := os.ReadFile(base + ".loss")
	if err != nil {
		t.Fatal(err)
	}
	var want []float64
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	data := &examples{m.In(), m.Out(), floats(t, base+".x"), nil}
	if _, err := os.Stat(base + ".t"); err == nil {
		data.y = floats(t, base+".t")
	} else {
		data.y = data.x
	}
	tr, err := train.Compile(m.Model, m.Training.Loss, m.Training.Optimizer, train.Config{Batch: data.Len(), InOrder: true, Clip: m.Training.Clip})
	if err != nil {
		t.Fatalf("%s: %v", base, err)
	}
	if m.Training.Slots != nil {
		if err := tr.Adopt(m.Training.Steps, func(w *graph.Weight) [][]float32 { return m.Training.Slots[w] }); err != nil {
			t.Fatalf("%s: %v", base, err)
		}
	}
	h, err := tr.Fit(context.Background(), data, nil, len(want), train.Hooks{})
	if err != nil {
		t.Fatalf("%s: %v", base, err)
	}
	for i, w := range want {
		if got := h.Epochs[i].Loss; !(math.Abs(got-w) <= 2e-5*math.Abs(w)) {
			t.Errorf("%s: the loss of step %d is %v, want %v (off by %.2g of it)", base, i+1, got, w, math.Abs(got-w)/w)
			describe(t, m)
			return
		}
	}
}

// describe prints the layers of a model.
func describe(t *testing.T, m *keras.Model) {
	t.Helper()
	text, err := m.Architecture()
	t.Logf("%s %v\n%v at %v, clip %v, %d steps, %v", text, err, m.Training.Optimizer, m.Training.Optimizer.Rate(), m.Training.Clip, m.Training.Steps, m.Notes)
}

// examples are inputs with targets.
type examples struct {
	in, out graph.Shape
	x, y    []float32
}

func (e *examples) Len() int            { return len(e.x) / e.in.Size() }
func (e *examples) Shape() (x, y []int) { return e.in, e.out }

func (e *examples) Example(_, i int, x, y []float32) error {
	copy(x, e.x[i*e.in.Size():])
	copy(y, e.y[i*e.out.Size():])
	return nil
}

// floats reads a file of float32 numbers.
func floats(t testing.TB, path string) []float32 {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(text)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(text[4*i:]))
	}
	return x
}
