package autoencoder_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// small builds a configuration with one hidden layer for the images of coloured, with weights.
func small(t *testing.T, config autoencoder.Config) *autoencoder.Autoencoder {
	t.Helper()
	if err := field(t, config, "hidden").Set("6"); err != nil {
		t.Fatal(err)
	}
	ae, err := config.Build(graph.Shape{3, 8, 16})
	if err != nil {
		t.Fatal(err)
	}
	if err := ae.Model.Init(1); err != nil {
		t.Fatal(err)
	}
	return ae
}

func TestEncode(t *testing.T) {
	ae, x := small(t, autoencoder.NewTutorial()), make([]float32, 4*3*8*16)
	for i := range 4 {
		if err := (coloured{}).Example(0, i, x[i*3*8*16:][:3*8*16], nil); err != nil {
			t.Fatal(err)
		}
	}
	want, err := ae.Encoder.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ae.Encode(t.Context(), coloured{}); err != nil || !slices.Equal(got, want) || len(got) != 4*2 {
		t.Errorf("the codes are %v (%v), want %v", got, err, want)
	}
}

// Noisy inputs are the examples and noise of the configured strength, each time the same; the targets are
// the examples.
func TestNoisy(t *testing.T) {
	ae := small(t, autoencoder.NewDenoising())
	noisy, ok, err := ae.Noisy(t.Context(), coloured{})
	if err != nil || !ok || noisy.Len() != 4 {
		t.Fatalf("there are no noisy examples (%v)", err)
	}
	const n = 3 * 8 * 16
	xs, ys := noisy.Shape()
	if !slices.Equal(xs, []int{3, 8, 16}) || !slices.Equal(ys, xs) {
		t.Errorf("inputs have shape %v, targets %v", xs, ys)
	}
	squares := 0.0
	for i := range 4 {
		var x, y, again, clean [n]float32
		for _, err := range []error{noisy.Example(0, i, x[:], y[:]), noisy.Example(1, i, again[:], y[:]), (coloured{}).Example(0, i, clean[:], nil)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if y != clean || x != again || x == y {
			t.Errorf("example %d: the target is clean: %v, the noise the same again: %v, there is noise: %v", i, y == clean, x == again, x != y)
		}
		for k := range x {
			squares += math.Pow(float64(x[k]-y[k]), 2)
		}
	}
	if stddev := math.Sqrt(squares / (4 * n)); math.Abs(stddev-0.5) > 0.03 {
		t.Errorf("the noise has standard deviation %v, want 0.5", stddev)
	}
	input, output, ok, err := ae.NoiseError(t.Context(), coloured{})
	if err != nil || !ok || math.Abs(input.MSE-squares/(4*n)) > 1e-6 || !(output.MSE > 0) || output.MSE == input.MSE {
		t.Errorf("errors of %+v and %+v (%v), want %v for the input", input, output, err, squares/(4*n))
	}

	clean := small(t, autoencoder.NewDeep())
	if noisy, ok, err := clean.Noisy(t.Context(), coloured{}); noisy != nil || ok || err != nil {
		t.Errorf("a model without noise has noisy examples: %v (%v)", ok, err)
	}
	if _, _, ok, err := clean.NoiseError(t.Context(), coloured{}); ok || err != nil {
		t.Errorf("a model without noise has an error of noise: %v (%v)", ok, err)
	}
	// Layers with weights, applied models and layers that also change the input outside of training are
	// no noise, and looking for noise leaves their weights alone.
	toy := small(t, newToy())
	before := slices.Clone(toy.Model.Weights()[0].Data)
	if _, ok, err := toy.Noisy(t.Context(), coloured{}); ok || err != nil {
		t.Errorf("a layer with weights before the encoder is taken for noise: %v (%v)", ok, err)
	}
	if !slices.Equal(before, toy.Model.Weights()[0].Data) {
		t.Error("looking for noise has changed a weight")
	}
	squashed, err := autoencoder.Join(dense("encoder", 4, 2), dense("decoder", 2, 4), func(x *graph.Node) *graph.Node { return graph.Tanh("squash", x) })
	if err != nil {
		t.Fatal(err)
	}
	if err := squashed.Model.Init(1); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := squashed.Noisy(t.Context(), coloured{}); ok || err != nil {
		t.Errorf("Tanh before the encoder is taken for noise: %v (%v)", ok, err)
	}
}

// dense is a model of one layer.
func dense(name string, in, out int) *graph.Model {
	x := graph.Input("x", in)
	return graph.New(name, x, graph.Dense("layer", x, out))
}
