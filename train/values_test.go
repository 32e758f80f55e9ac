package train_test

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// sigmoid is a model of one layer that ends in Sigmoid.
func sigmoid(t testing.TB, width int) *graph.Model {
	t.Helper()
	return identity(t, width, func(name string, x *graph.Node) *graph.Node { return graph.Sigmoid(name, x) })
}

// Numbers that cannot be trained on are an error with the example and the number, in training, in
// validation, in Evaluate and in Measure.
func TestValues(t *testing.T) {
	weighted := train.Weighted{Factor: 2, Loss: train.BinaryCrossEntropy().Sum()}
	for _, c := range []struct {
		loss   train.Loss
		value  float32
		target bool // the value is in a target of its own
		want   string
	}{
		{train.BinaryCrossEntropy(), 255, false, "want targets from 0 to 1 for a cross-entropy, got 255 at place 2 of 3: scale the data"},
		{weighted, -1, false, "got -1 at place 2 of 3"},
		{train.BinaryCrossEntropy(), 1.0000001, true, "got 1.0000001 at place 2 of 3"},
		{train.BinaryCrossEntropy(), -1e-45, false, "got -1e-45 at place 2"},
		{train.BinaryCrossEntropy(), nan, false, "want finite numbers, got NaN at place 2 of 3: correct or leave out the example"},
		{train.MSE(), -inf, false, "want finite numbers, got -Inf at place 2 of 3"},
		{train.MSE(), nan, true, "target: want finite numbers, got NaN at place 2 of 3"},
	} {
		good, bad := &table{x: uniform(1, 9, 3)}, &table{x: uniform(2, 9, 3)}
		where := bad.x
		if c.target {
			good.y, bad.y = uniform(3, 9, 3), uniform(4, 9, 3)
			where = bad.y
		}
		where[7][2] = c.value
		fitted := func(ds, val train.Dataset) error {
			_, err := compile(t, sigmoid(t, 3), c.loss, train.NewAdam(1e-3), train.Config{Batch: 4, InOrder: true}).Fit(t.Context(), ds, val, 1, train.Hooks{})
			return err
		}
		wantError(t, fitted(bad, good), "epoch 1, step 2: example 7: ", c.want)
		wantError(t, fitted(good, bad), "validation after epoch 1: example 7: ", c.want)
		_, err := train.Evaluate(t.Context(), sigmoid(t, 3), bad, c.loss, 4)
		wantError(t, err, "example 7: ", c.want)
		if c.value-c.value != 0 {
			_, err := train.Measure(t.Context(), sigmoid(t, 3), bad)
			wantError(t, err, "example 7: ", c.want)
		}
	}
}

// The ends of [0, 1] and -0 are targets of a cross-entropy, and its inputs may be any finite numbers.
func TestValuesAtTheEnds(t *testing.T) {
	zero := float32(0)
	ds := &table{x: [][]float32{{-1e30, 255, 3.4e38}}, y: [][]float32{{0, -zero, 1}}}
	if _, err := train.Evaluate(t.Context(), sigmoid(t, 3), ds, train.BinaryCrossEntropy(), 0); err != nil {
		t.Error(err)
	}
	ds = &table{x: ds.y}
	if _, err := train.Evaluate(t.Context(), sigmoid(t, 3), ds, train.BinaryCrossEntropy(), 0); err != nil {
		t.Error(err)
	}
	if _, err := train.Evaluate(t.Context(), sigmoid(t, 3), &table{x: [][]float32{{-3, 2, 255}}}, train.MSE(), 0); err != nil {
		t.Error(err)
	}
}
