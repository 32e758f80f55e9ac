package train_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/safetensors"
	"github.com/gorgonae/gorgonae/train"
)

// golden is a run in which real Keras trained the tutorial's autoencoder. A note in run.json
// explains each number.
type golden struct {
	Batch        int
	LearningRate float32   `json:"learning_rate"`
	Losses200    []float64 `json:"losses200"`
	MSEAfter200  float64   `json:"test_mse_after200"`
	Fit          struct {
		Loss    []float64
		ValLoss []float64 `json:"val_loss"`
	}
}

// keras reads the golden run and MNIST, and loads Keras's initial weights into the tutorial's
// model.
func keras(t *testing.T) (run golden, dir string, data *dataset.Data, ae *autoencoder.Autoencoder) {
	t.Helper()
	dir = os.Getenv("GOLDEN_DIR")
	if dir == "" || os.Getenv("MNIST_DIR") == "" {
		t.Skip("SKIPPED: parity with Keras needs GOLDEN_DIR and MNIST_DIR")
	}
	dir = filepath.Join(dir, "tutorial")
	text, err := os.ReadFile(filepath.Join(dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &run); err != nil {
		t.Fatal(err)
	}
	if data, err = dataset.Open(context.Background(), dataset.Options{Data: "mnist"}); err != nil {
		t.Fatal(err)
	}
	if ae, err = autoencoder.NewTutorial().Build(graph.Shape{1, 28, 28}); err != nil {
		t.Fatal(err)
	}
	if err := ae.Model.LoadWeights(filepath.Join(dir, "initial.safetensors")); err != nil {
		t.Fatal(err)
	}
	return run, dir, data, ae
}

// steps is a data set of the batches that the golden run took, one behind the other.
type steps struct {
	*images.Set
	batch, count int
}

func (s steps) at(i int) int {
	step, row := i/s.batch, i%s.batch
	return step*s.batch%(s.Set.Len()-s.batch) + row
}

func (s steps) Len() int { return s.batch * s.count }

func (s steps) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	return func(_, i int, _ []byte) []byte { return s.Set.Image(s.at(i)) }
}

func TestStepsFollowKeras(t *testing.T) {
	run, dir, data, ae := keras(t)
	tr, err := train.Compile(ae.Model, train.MSE(), train.NewAdam(run.LearningRate), train.Config{Batch: run.Batch, InOrder: true})
	if err != nil {
		t.Fatal(err)
	}
	sum, worst := 0.0, 0.0
	_, err = tr.Fit(context.Background(), steps{data.Train.(*images.Set), run.Batch, len(run.Losses200)}, nil, 1, train.Hooks{
		Step: func(p train.Progress) {
			loss := p.Loss*float64(p.Step) - sum // of this step, from the mean so far
			sum += loss
			worst = math.Max(worst, math.Abs(loss-run.Losses200[p.Step-1]))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("step losses: largest deviation %.2g", worst)
	if worst > 1e-6 {
		t.Errorf("a step's loss deviates by %.2g, want at most 1e-6", worst)
	}

	after := readTensors(t, filepath.Join(dir, "after200.safetensors"))
	for _, w := range ae.Model.Weights() {
		within(t, w.Name, w.Data, after[w.Name], 5e-5)
	}
	want := readTensors(t, filepath.Join(dir, "predict128.safetensors"))
	x := make([]float32, 128*784)
	for i := range 128 {
		if err := data.Test.Example(0, i, x[i*784:][:784], nil); err != nil {
			t.Fatal(err)
		}
	}
	code, err := ae.Encoder.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "codes", code, want["code"], 1e-4)
	y, err := ae.Model.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "reconstructions", y, want["reconstruction"], 1e-4)
	m, err := train.Measure(context.Background(), ae.Model, data.Test)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "test MSE", []float32{float32(m.MSE)}, []float32{float32(run.MSEAfter200)}, 2e-5)
}

func TestFitFollowsKeras(t *testing.T) {
	run, _, data, ae := keras(t)
	tr, err := train.Compile(ae.Model, train.MSE(), train.NewAdam(run.LearningRate), train.Config{Batch: run.Batch, InOrder: true})
	if err != nil {
		t.Fatal(err)
	}
	h, err := tr.Fit(context.Background(), data.Train, data.Test, len(run.Fit.Loss), train.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range h.Epochs {
		within(t, "loss", []float32{float32(e.Loss)}, []float32{float32(run.Fit.Loss[i])}, 2e-5)
		within(t, "val_loss", []float32{float32(e.ValLoss)}, []float32{float32(run.Fit.ValLoss[i])}, 2e-5)
	}
}

func readTensors(t *testing.T, path string) map[string][]float32 {
	t.Helper()
	f, err := safetensors.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	for _, x := range f.Tensors {
		values[x.Name] = x.Data
	}
	return values
}

func within(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if !(d <= tolerance) {
			t.Fatalf("%s: element %d is %v, want %v within %g", what, i, got[i], want[i], tolerance)
		}
		worst = math.Max(worst, d)
	}
	t.Logf("%s: largest deviation %.2g (allowed %g)", what, worst, tolerance)
}
