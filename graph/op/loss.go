package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// A loss compares predictions y with targets. It is scale times a sum over all elements. Inputs: y
// and target, both of shape s. Outputs: the loss, a scalar; and its gradient for y, of shape s. The
// gradient is Optional: an evaluation does not compute it, and a training step computes both in one
// pass if the kernel can. The gradient has no gradient itself, and the loss has none for the
// target.

// SquaredError is scale·Σ(y-target)².
func SquaredError(s Shape, scale float32) Op {
	return loss("SquaredError", s, scale, reduce.SquaredError, reduce.SquaredErrorBoth)
}

// AbsoluteError is scale·Σ|y-target|. Its gradient is 0 where both are equal.
func AbsoluteError(s Shape, scale float32) Op {
	return loss("AbsoluteError", s, scale, reduce.AbsoluteError, inTurn(reduce.AbsoluteErrorGrad, reduce.AbsoluteError))
}

// Huber is scale·Σ h(y-target) with h(d) = d²/2 for |d| <= 1, and |d|-1/2 for larger |d| (Huber
// 1964, with delta 1). It is squared for small errors, and as steep as the absolute error for large
// ones.
func Huber(s Shape, scale float32) Op {
	return loss("Huber", s, scale, reduce.Huber, inTurn(reduce.HuberGrad, reduce.Huber))
}

// LogisticLoss is the binary cross-entropy of sigmoid(z) and target, in nats. It reads the logits
// z, from which it is computed without overflow: scale·Σ max(z,0) - z·target + log(1+exp(-|z|)).
func LogisticLoss(s Shape, scale float32) Op {
	return loss("LogisticLoss", s, scale, reduce.LogisticLoss, inTurn(reduce.LogisticLossGrad, reduce.LogisticLoss))
}

type (
	lossFunc        = func(y, target []float32, scale float32) float32
	lossAndGradient = func(dx, y, target []float32, scale float32) float32
)

// inTurn computes gradient and loss, one after the other.
func inTurn(gradient func(dx, y, target []float32, scale float32), forward lossFunc) lossAndGradient {
	return func(dx, y, target []float32, scale float32) float32 {
		gradient(dx, y, target, scale)
		return forward(y, target, scale)
	}
}

// loss is a loss with a kernel that computes the loss alone, and one that computes the gradient
// too.
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
		Apart:    true,
	}
}

// scaleBy multiplies by a number. Inputs: s, and a scalar. Output: s.
func scaleBy(s Shape) Op {
	return Op{
		Name: fmt.Sprintf("ScaleBy%v", s),
		In:   []Shape{s, {}},
		Out:  s, Apart: true,
		Run: func(y []float32, x [][]float32) { elementwise.Scale(y, x[0], x[1][0]) },
	}
}

// Times is factor·x. Input: s. Output: s.
func Times(factor float32, s Shape) Op {
	o := like(fmt.Sprintf("Times[%v]", factor), 1, s)
	o.Run = func(y []float32, x [][]float32) { elementwise.Scale(y, x[0], factor) }
	o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{t.Do(Times(factor, s), dy)} }
	return o.flat()
}

// SquaredNorm is scale·Σx². Penalties on codes and weights use it. Input: s. Output: a scalar.
func SquaredNorm(s Shape, scale float32) Op {
	return Op{
		Name: fmt.Sprintf("SquaredNorm%v[%v]", s, scale),
		In:   []Shape{s},
		Out:  Shape{},
		Run:  func(y []float32, x [][]float32) { y[0] = float32(float64(scale) * reduce.SumSquares(x[0])) },
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			grad := Op{
				Name: fmt.Sprintf("SquaredNormGrad%v[%v]", s, scale),
				In:   []Shape{s, {}},
				Out:  s,
				Run:  func(dx []float32, x [][]float32) { elementwise.Scale(dx, x[0], 2*scale*x[1][0]) },
			}
			return []*G.Node{t.Do(grad, x[0], dy)}
		},
	}
}
