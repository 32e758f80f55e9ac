package multiply_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/examples/multiply"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/train"
)

func TestGradient(t *testing.T) {
	if err := multiply.Check(); err != nil {
		t.Error(err)
	}
}

// A model with the layer is trained, written and read back.
func TestTraining(t *testing.T) {
	graph.Register[multiply.Layer]()
	x := graph.Input("image", 784)
	gate := graph.Sigmoid("open", graph.Dense("gate", x, 16))
	h := multiply.Multiply("gated", graph.Dense("values", x, 16), gate)
	m := graph.New("model", x, graph.Dense("pixels", h, 784))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	tr, err := train.Compile(m, train.MSE(), train.NewAdam(1e-3), train.Config{Batch: 50})
	if err != nil {
		t.Fatal(err)
	}
	digits, test := handwriting.Draw(200, 50)
	h3, err := tr.Fit(t.Context(), digits, test, 3, train.Hooks{})
	if err != nil || !(h3.Epochs[2].ValLoss < h3.Epochs[0].ValLoss) {
		t.Fatalf("the losses are %+v (%v)", h3.Epochs, err)
	}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := (&graph.File{Model: m}).Write(path); err != nil {
		t.Fatal(err)
	}
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	image := make([]float32, 784)
	if err := test.Example(0, 0, image, nil); err != nil {
		t.Fatal(err)
	}
	want, err := m.Predict(t.Context(), image)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Model.Predict(t.Context(), image); err != nil || !slices.Equal(got, want) {
		t.Errorf("read back, the model computes other numbers (%v)", err)
	}
}
