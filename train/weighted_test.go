package train_test

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// A weighted loss is a multiple of the other, and so are its gradients: plain gradient descent with
// a rate that is smaller by the factor takes the same steps.
func TestWeighted(t *testing.T) {
	const factor = 8
	ds := &table{x: uniform(1, 7, 6), y: uniform(2, 7, 6)}
	for _, l := range []train.Loss{train.MSE().Sum(), train.BinaryCrossEntropy()} {
		w := train.Weighted{Factor: factor, Loss: l}
		one, other := identity(t, 6, graph.Sigmoid), identity(t, 6, graph.Sigmoid)
		plain := fit(t, compile(t, one, l, sgd{0.08}, train.Config{Batch: 4, InOrder: true}), ds, ds, 3)
		weighted := fit(t, compile(t, other, w, sgd{0.08 / factor}, train.Config{Batch: 4, InOrder: true}), ds, ds, 3)
		for i, e := range weighted.Epochs {
			near(t, w.String(), e.Loss, factor*plain.Epochs[i].Loss, 1e-6)
			near(t, w.String(), e.ValLoss, factor*plain.Epochs[i].ValLoss, 1e-6)
		}
		if !train.WantsSigmoid(w) == train.WantsSigmoid(l) {
			t.Errorf("%v wants a Sigmoid, the other loss does not, or the other way round", w)
		}
	}
}

func TestWeightedText(t *testing.T) {
	for _, want := range []train.Weighted{{Factor: 48, Loss: train.MSE().Sum()}, {Factor: 0.1, Loss: train.Huber()},
		{Factor: 2, Loss: train.Weighted{Factor: 1e-20, Loss: train.MAE()}}} {
		got, err := train.ParseLoss(want.String())
		if err != nil || got != train.Loss(want) {
			t.Errorf("%q was read as %q (%v)", want, got, err)
		}
	}
	for _, bad := range []string{"48*", "48", "48*hinge", "x*mse", "*mse", "mse*48", "0*mse", "-1*mse", "NaN*mse", "Inf*mse", "1e60*mse", "48*mse:max"} {
		_, err := train.ParseLoss(bad)
		wantError(t, err, "want ", "got ")
	}
	w := train.Weighted{Factor: 48, Loss: train.MSE().Sum()}
	if label, want := w.Label(), "48 × squared error per image"; label != want {
		t.Errorf("the label is %q, want %q", label, want)
	}
	wantError(t, train.Weighted{Factor: 1}.Check(), "want a loss, got none")
}
