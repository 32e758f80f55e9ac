package train_test

import (
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/train"
)

// sampled is a variational model: its evaluation draws samples.
func sampled(t testing.TB) *graph.Model {
	t.Helper()
	x := graph.Input("x", 6)
	z := graph.GaussianSample("kl", graph.Dense("encoder", graph.Dropout("dropout", x, 0.5), 4), 0.1)
	m := graph.New("sampled", x, graph.Dense("decoder", z, 6))
	initialise(t, m)
	return m
}

// Evaluate has the bits of the validation in Fit, and names the terms. What it draws follows from
// the batch.
func TestEvaluate(t *testing.T) {
	ds, val := &table{x: uniform(1, 9, 6)}, &table{x: uniform(2, 300, 6)}
	for _, batch := range []int{0, 7, 300} {
		m := sampled(t)
		h := fit(t, compile(t, m, train.MSE().Sum(), train.NewAdam(0.01), train.Config{Batch: batch, Seed: 9}), ds, val, 1)
		want := h.Epochs[0]
		for range 2 {
			e, err := train.Evaluate(t.Context(), m, val, train.MSE().Sum(), batch)
			if err != nil {
				t.Fatal(err)
			}
			if e.Loss != want.ValLoss || !slices.Equal(e.Terms, []train.Term{{Name: "kl", Value: want.ValTerms[0]}}) {
				t.Errorf("in batches of %d the loss is %+v, in training it was %+v", batch, e, want)
			}
		}
		if other, err := train.Evaluate(t.Context(), m, val, train.MSE().Sum(), 8); err != nil || other.Loss == want.ValLoss {
			t.Errorf("in batches of %d and 8 the loss is %v (%v): want other samples", batch, other.Loss, err)
		}
	}
}

// rounded is a layer without a gradient.
type rounded struct{}

func (rounded) Kind() string                                 { return "Rounded" }
func (rounded) Weights(...graph.Shape) []graph.Spec          { return nil }
func (rounded) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (rounded) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	s := op.ShapeOf(in[0])
	return b.Do(op.Op{Name: "Round", In: []op.Shape{s}, Out: s, Run: func(y []float32, x [][]float32) {
		for i, v := range x[0] {
			y[i] = float32(int(v + 0.5))
		}
	}}, in[0])
}

// A model that cannot be trained, without a gradient or without weights, can be evaluated.
func TestEvaluateNeedsNoTraining(t *testing.T) {
	m := identity(t, 2, func(name string, x *graph.Node) *graph.Node { return graph.Call(name, rounded{}, x) })
	ds := &table{x: [][]float32{{0.25, 1}, {0.75, 0}, {0, 0.75}}}
	if _, err := train.Compile(m, train.MSE(), train.NewAdam(1e-3), train.Config{}); err == nil {
		t.Error("a model without a gradient was compiled for training")
	}
	loss, terms := evaluate(t, m, ds, train.MSE(), 2)
	near(t, "loss", loss, 3*0.0625/6, 1e-7)
	if len(terms) != 0 {
		t.Errorf("the terms are %v, want none", terms)
	}
	x := graph.Input("x", 2)
	weightless := graph.New("weightless", x, graph.ReLU("relu", x))
	initialise(t, weightless)
	loss, _ = evaluate(t, weightless, ds, train.MAE(), 0)
	near(t, "loss of y = x", loss, 0, 0)
}

func TestEvaluateRefuses(t *testing.T) {
	m, ds := identity(t, 2, nil), &table{x: uniform(1, 3, 2)}
	x := graph.Input("x", 2)
	for _, c := range []struct {
		m     *graph.Model
		ds    train.Dataset
		loss  train.Loss
		batch int
		want  string
	}{
		{m, ds, train.MSE(), -1, "want a batch of at least 1 example, got -1"},
		{m, ds, nil, 0, "want a loss, got none"},
		{m, ds, train.ElementwiseLoss{}, 0, "want a loss, got none"},
		{m, ds, train.BinaryCrossEntropy(), 0, "end the model in Sigmoid"},
		{m, empty{ds}, train.MSE(), 0, "the data is empty"},
		{m, &table{x: uniform(1, 3, 3)}, train.MSE(), 0, "got shapes [3] and [3]: the data does not fit"},
		{m, failing{ds, 2}, train.MSE(), 0, "example 2: unreadable in epoch 0"},
		{m, &table{x: [][]float32{{nan, 0}}}, train.MSE(), 0, "example 0: want finite numbers, got NaN"},
		{graph.New("raw", x, graph.Dense("dense", x, 2)), ds, train.MSE(), 0, "call Init"},
	} {
		_, err := train.Evaluate(t.Context(), c.m, c.ds, c.loss, c.batch)
		wantError(t, err, c.want)
	}
}

// The target of an image that becomes a vector of the same size is the memory of the example as it
// is.
func TestTargetOfAnotherShape(t *testing.T) {
	x := graph.Input("x", 1, 2, 3)
	m := graph.New("flat", x, graph.Flatten("flatten", x))
	initialise(t, m)
	loss, _ := evaluate(t, m, &table{x: uniform(1, 5, 6)}, train.MSE(), 2)
	near(t, "loss", loss, 0, 0)
}
