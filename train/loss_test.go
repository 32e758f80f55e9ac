package train_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// The losses of two examples with three features. The model is the identity, followed by a Sigmoid
// if the loss wants it.
func TestLossValues(t *testing.T) {
	ds := &table{
		x: [][]float32{{1, 2, -3}, {0, 0.5, 4}},
		y: [][]float32{{0, 1, 0.25}, {0.5, 0.5, 1}},
	}
	entropy := 0.0
	for i, x := range ds.x {
		for k, z := range x {
			p, target := 1/(1+math.Exp(-float64(z))), float64(ds.y[i][k])
			entropy -= target*math.Log(p) + (1-target)*math.Log(1-p)
		}
	}
	const squared = 1 + 1 + 3.25*3.25 + 0.25 + 0 + 9
	const huber = 0.5 + 0.5 + 2.75 + 0.125 + 0 + 2.5
	const absolute = 1 + 1 + 3.25 + 0.5 + 0 + 3
	for _, c := range []struct {
		loss train.ElementwiseLoss
		name string
		want float64
	}{
		{train.MSE(), "mse", squared / 6},
		{train.MSE().Sum(), "mse:sum", squared / 2},
		{train.MAE(), "mae", absolute / 6},
		{train.MAE().Sum(), "mae:sum", absolute / 2},
		{train.Huber(), "huber", huber / 6},
		{train.Huber().Sum(), "huber:sum", huber / 2},
		{train.BinaryCrossEntropy(), "bce", entropy / 6},
		{train.BinaryCrossEntropy().Sum(), "bce:sum", entropy / 2},
	} {
		m := identity(t, 3, nil)
		if train.WantsSigmoid(c.loss) {
			m = identity(t, 3, graph.Sigmoid)
		}
		if c.loss.String() != c.name {
			t.Errorf("the loss is named %q, want %q", c.loss, c.name)
		}
		for _, batch := range []int{1, 2, 256} { // with any batch size the mean is over the examples
			got, terms := evaluate(t, m, ds, c.loss, batch)
			near(t, c.name, got, c.want, 1e-7)
			if len(terms) != 0 {
				t.Errorf("%s: terms %v, want none", c.name, terms)
			}
		}
	}
}

func TestParseLoss(t *testing.T) {
	for _, want := range []train.Loss{train.MSE(), train.MAE(), train.Huber(), train.BinaryCrossEntropy(), train.MSE().Sum()} {
		got, err := train.ParseLoss(want.String())
		if err != nil || got != want || got.String() != want.String() || train.WantsSigmoid(got) != train.WantsSigmoid(want) {
			t.Errorf("%q was read as %q (%v)", want, got, err)
		}
	}
	for _, bad := range []string{"", "MSE", "sum:mse", ":sum", "hinge"} {
		_, err := train.ParseLoss(bad)
		wantError(t, err, "want a loss mse[:sum], mae[:sum], huber[:sum], bce[:sum]", fmt.Sprintf("got %q", bad))
	}
}

// All parts of a step together are compared with naive: gradients through nested models, Adam,
// clipping, the partial batch at the end, and the means over examples. Eleven examples make batches
// of 4, 4 and 3.
func TestFitFollowsNaive(t *testing.T) {
	const batch, epochs, rate = 4, 6, 0.01
	x, val := uniform(1, 11, 6), uniform(2, 5, 6)
	for _, loss := range []train.ElementwiseLoss{train.MSE(), train.MAE(), train.Huber(), train.BinaryCrossEntropy()} {
		for _, sum := range []bool{false, true} {
			for _, clip := range []float32{0, 0.05} {
				ae := tiny(t, func(c *autoencoder.Tutorial) { autoencoder.MatchOutput(c, loss) })
				n := newNaive(ae.Model.Weights())
				n.loss, n.sum, n.clip = loss.String(), sum, float64(clip)
				l := loss
				if sum {
					l = l.Sum()
				}
				t.Run(fmt.Sprintf("%v, clip %v", l, clip), func(t *testing.T) {
					tr := compile(t, ae.Model, l, train.NewAdam(rate), train.Config{Batch: batch, InOrder: true, Clip: clip})
					h := fit(t, tr, &table{x: x}, &table{x: val}, epochs)
					for i, e := range h.Epochs {
						want, _ := n.epoch(float64s(x), float64s(x), batch, rate)
						near(t, "loss", e.Loss, want, 2e-6)
						near(t, "val_loss", e.ValLoss, n.evaluate(float64s(val), float64s(val)), 2e-6)
						if e.Rate != rate {
							t.Errorf("epoch %d: rate %v, want %v", i+1, e.Rate, rate)
						}
					}
					n.compare(t, ae.Model)
				})
			}
		}
	}
}

// compare fails unless the model has the weights of n.
func (n *naive) compare(t *testing.T, m *graph.Model) {
	t.Helper()
	for i, w := range m.Weights() {
		l := n.layers[i/2]
		params := l.params[:len(l.params)-len(l.bias)]
		if i%2 == 1 {
			params = l.params[len(params):]
		}
		for k, p := range params {
			near(t, w.Name, float64(w.Data[k]), *p.w, 2e-5)
		}
	}
}

// If the data have targets of their own, the model learns those. Shuffling changes only the order.
func TestFitOnTargets(t *testing.T) {
	ds := &table{x: uniform(1, 7, 6), y: uniform(2, 7, 6)}
	ae := tiny(t, nil)
	n := newNaive(ae.Model.Weights())
	h := fit(t, compile(t, ae.Model, train.MSE(), train.NewAdam(0.01), train.Config{Batch: 7}), ds, ds, 3)
	for _, e := range h.Epochs {
		want, _ := n.epoch(float64s(ds.x), float64s(ds.y), 7, 0.01)
		near(t, "loss", e.Loss, want, 1e-6)
	}
	n.compare(t, ae.Model)
}

func TestCrossEntropyOfExtremeLogits(t *testing.T) {
	m := identity(t, 3, graph.Sigmoid)
	right := &table{x: [][]float32{{1e30, -1e30, -1000}}, y: [][]float32{{1, 0, 0}}}
	loss, _ := evaluate(t, m, right, train.BinaryCrossEntropy(), 0)
	near(t, "loss of certain and right predictions", loss, 0, 0)
	wrong := &table{x: [][]float32{{1000, -1000, -3e6}}, y: [][]float32{{0, 1, 1}}}
	h := fit(t, compile(t, m, train.BinaryCrossEntropy(), train.NewAdam(1e-3), train.Config{}), wrong, nil, 1)
	near(t, "loss of certain and wrong predictions", h.Epochs[0].Loss, (1000+1000+3e6)/3, 1e-6)
	for _, w := range m.Weights() {
		for _, v := range w.Data {
			if v != v || v < -1.01 || v > 1.01 {
				t.Errorf("%s holds %v after one step", w.Name, v)
			}
		}
	}
}

func TestCrossEntropyWantsSigmoid(t *testing.T) {
	refuse := func(m *graph.Model) {
		t.Helper()
		_, err := train.Compile(m, train.BinaryCrossEntropy(), train.NewAdam(1e-3), train.Config{})
		wantError(t, err, m.Name(), "end the model in Sigmoid")
	}
	refuse(identity(t, 3, nil))
	refuse(identity(t, 3, graph.Tanh))
	refuse(identity(t, 3, func(name string, x *graph.Node) *graph.Node {
		return graph.ReLU(name, graph.Sigmoid("sigmoid", x))
	}))
	refuse(tiny(t, nil).Model) // a nested LeakyReLU
	compile(t, tiny(t, func(c *autoencoder.Tutorial) { c.Output = autoencoder.Sigmoid }).Model, train.BinaryCrossEntropy(), train.NewAdam(1e-3), train.Config{})
}
