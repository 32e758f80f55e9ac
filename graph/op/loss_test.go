package op

import (
	"math"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
)

// refLoss is a loss and its gradient. df is the derivative of f.
func refLoss(f, df func(y, t float64) float64, scale float32) ReferenceAll {
	return func(y, x [][]float64) {
		for i, v := range x[0] {
			y[0][0] += float64(scale) * f(v, x[1][i])
			y[1][i] = float64(scale) * df(v, x[1][i])
		}
	}
}

func TestLosses(t *testing.T) {
	s := Shape{3, 5}
	for _, c := range []struct {
		op    Op
		scale float32
		f, df func(y, t float64) float64
	}{
		{SquaredError(s, 0.25), 0.25,
			func(y, t float64) float64 { return square(y - t) },
			func(y, t float64) float64 { return 2 * (y - t) }},
		{AbsoluteError(s, 0.5), 0.5,
			func(y, t float64) float64 { return math.Abs(y - t) },
			func(y, t float64) float64 { return math.Copysign(1, y-t) }},
		{Huber(s, 0.5), 0.5,
			func(y, t float64) float64 {
				if d := math.Abs(y - t); d > 1 {
					return d - 0.5
				}
				return square(y-t) / 2
			},
			func(y, t float64) float64 { return min(max(y-t, -1), 1) }},
		{LogisticLoss(s, 2), 2,
			func(z, t float64) float64 { return math.Log1p(math.Exp(z)) - z*t },
			func(z, t float64) float64 { return sigmoid(z) - t }},
	} {
		for seed := range uint64(3) {
			if err := CheckAll(c.op, refLoss(c.f, c.df, c.scale), seed, 1); err != nil {
				t.Error(err)
			}
		}
		refusesWrongInputs(t, c.op)
	}
}

// An Optional output is computed only if something reads it. So an evaluation computes no gradient
// of the loss.
func TestOptionalOutputs(t *testing.T) {
	s := Shape{1, 2}
	for _, trained := range []bool{false, true} {
		var computed []bool
		o := SquaredError(s, 0.5)
		o.RunAll = func(y, x [][]float32) {
			computed = append(computed, y[1] != nil)
			SquaredError(s, 0.5).RunAll(y, x)
		}
		y := run(t, func(t *Tape) []*G.Node {
			x := t.Var("x", s, []float32{3, 5}, trained)
			loss := t.Do(o, x, t.Var("target", s, []float32{1, 2}, false))
			if !trained {
				return []*G.Node{loss}
			}
			return append([]*G.Node{loss}, t.Grad(loss, x)...)
		})
		if !slices.Equal(computed, []bool{trained}) {
			t.Errorf("trained %v: the gradient was computed: %v", trained, computed)
		}
		equal(t, "loss", y[0], []float32{6.5})
		if trained {
			equal(t, "gradient", y[1], []float32{2, 3})
		}
	}
}

// The gradient output of a loss can be read alone, in a graph without gradients.
func TestLossGradientAsAnOutput(t *testing.T) {
	s := Shape{1, 2}
	y := run(t, func(t *Tape) []*G.Node {
		x := t.Var("x", s, []float32{3, 5}, false)
		return t.DoAll(SquaredError(s, 0.5), x, t.Var("target", s, []float32{1, 2}, false))[1:]
	})
	equal(t, "gradient", y[0], []float32{2, 3})
}
