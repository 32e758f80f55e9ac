package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// The losses compare predictions y with targets of the same shape s and give one number: scale times the sum over all
// elements. They have no gradient for the target.

// SquaredError is scale·Σ(y-target)².
func SquaredError(s Shape, scale float32) Op {
	return loss("SquaredError", s, scale, f32.SquaredError, f32.SquaredErrorBoth)
}

// AbsoluteError is scale·Σ|y-target|, with gradient 0 where both are equal.
func AbsoluteError(s Shape, scale float32) Op {
	return loss("AbsoluteError", s, scale, f32.AbsoluteError, inTurn(f32.AbsoluteErrorGrad, f32.AbsoluteError))
}

// Huber is scale·Σ h(y-target) with h(d) = d²/2 for |d| <= 1 and |d|-1/2 beyond (Huber 1964, with delta 1): squared for
// small errors, and no steeper than absolute for large ones.
func Huber(s Shape, scale float32) Op {
	return loss("Huber", s, scale, f32.Huber, inTurn(f32.HuberGrad, f32.Huber))
}

// LogisticLoss is the binary cross-entropy of sigmoid(z) and target, computed from the logits z without overflow:
// scale·Σ max(z,0) - z·target + log(1+exp(-|z|)).
func LogisticLoss(s Shape, scale float32) Op {
	return loss("LogisticLoss", s, scale, f32.LogisticLoss, inTurn(f32.LogisticLossGrad, f32.LogisticLoss))
}

type (
	lossFunc        = func(y, target []float32, scale float32) float32
	lossAndGradient = func(dx, y, target []float32, scale float32) float32
)

// inTurn computes gradient and loss in two passes.
func inTurn(gradient func(dx, y, target []float32, scale float32), forward lossFunc) lossAndGradient {
	return func(dx, y, target []float32, scale float32) float32 {
		gradient(dx, y, target, scale)
		return forward(y, target, scale)
	}
}

// loss has two outputs: the loss, and its gradient for y, which is computed only where something reads it.
func loss(name string, s Shape, scale float32, forward lossFunc, both lossAndGradient) Op {
	return Op{
		Name: fmt.Sprintf("%s%v[%v]", name, s, scale),
		In:   []Shape{s, s},
		Out:  Shape{},
		More: []Shape{s},
		RunAll: func(y, x [][]float32) {
			if y[1] == nil {
				y[0][0] = forward(x[0], x[1], scale)
			} else {
				y[0][0] = both(y[1], x[0], x[1], scale)
			}
		},
		GradAll: func(t *Tape, _, y, dy []*G.Node) []*G.Node {
			if isOne(dy[0]) {
				return []*G.Node{y[1], nil}
			}
			return []*G.Node{t.Do(scaleBy(s), y[1], dy[0]), nil}
		},
		Constant: []int{1},
		Optional: []int{1},
	}
}

// scaleBy multiplies by a number. Inputs: s, and a scalar. Output: s.
func scaleBy(s Shape) Op {
	return Op{
		Name: fmt.Sprintf("ScaleBy%v", s),
		In:   []Shape{s, {}},
		Out:  s,
		Run:  func(y []float32, x [][]float32) { f32.Scale(y, x[0], x[1][0]) },
	}
}

// SquaredNorm is scale·Σx², as penalties on a code or a weight use it. Input: s. Output: a scalar.
func SquaredNorm(s Shape, scale float32) Op {
	return Op{
		Name: fmt.Sprintf("SquaredNorm%v[%v]", s, scale),
		In:   []Shape{s},
		Out:  Shape{},
		Run:  func(y []float32, x [][]float32) { y[0] = float32(float64(scale) * f32.SumSquares(x[0])) },
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			grad := Op{
				Name: fmt.Sprintf("SquaredNormGrad%v[%v]", s, scale),
				In:   []Shape{s, {}},
				Out:  s,
				Run:  func(dx []float32, x [][]float32) { f32.Scale(dx, x[0], 2*scale*x[1][0]) },
			}
			return []*G.Node{t.Do(grad, x[0], dy)}
		},
	}
}
