package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/norm"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// Act is an elementwise function y = f(x) and its gradient dx = dy·f'(x).
type Act struct {
	Name      string
	Forward   func(y, x []float32)
	Gradient  func(dx, dy, v []float32) // v is y, or x if FromInput
	FromInput bool                      // is f' computed from x; if not, a graph need not keep x

	// Kernels that compute the function together with other work, in one pass. They are optional.
	tile epilogue.Epilogue                               // applies f to the tiles of a product
	sums func(dx, columns, dy, y []float32, rows, n int) // Gradient and the column sums of dx
}

// name is the end of the name of an op that applies f, which is nil for none, to its output.
func (f *Act) name() string {
	if f == nil {
		return ""
	}
	return f.Name
}

// afterNorm is f as the kernels of norms apply it.
func (f Act) afterNorm() norm.Activation {
	return norm.Activation{Forward: f.Forward, Gradient: f.Gradient, FromInput: f.FromInput}
}

// epilogue applies f to a matrix product.
func (f Act) epilogue() epilogue.Epilogue {
	if f.tile.Rectifier != epilogue.None {
		return f.tile
	}
	return epilogue.Epilogue{Finish: func(y []float32) { f.Forward(y, y) }}
}

// fused is the part of an op that applies f, which is nil for none, to its output: the end of its
// name, and what applies f.
func fused(f *Act) (name string, after epilogue.Epilogue) {
	if f == nil {
		return f.name(), epilogue.Epilogue{}
	}
	if f.FromInput {
		panic(fmt.Sprintf("op: want an activation whose gradient needs its output alone, got %s: apply it by an op of its own", f.Name))
	}
	return f.Name, f.epilogue()
}

// gradientSums computes Gradient, and the column sums of dx into columns.
func (f Act) gradientSums(dx, columns, dy, y []float32, rows, n int) {
	if f.sums != nil {
		f.sums(dx, columns, dy, y, rows, n)
		return
	}
	f.Gradient(dx, dy, y)
	reduce.ColumnSums(columns, rows, n, dx)
}

// LeakyReLU is x for x > 0 and slope·x for all other x. slope must not be negative.
func LeakyReLU(slope float32) Act {
	return Act{
		Name:     fmt.Sprintf("LeakyReLU[%v]", slope),
		Forward:  func(y, x []float32) { elementwise.LeakyReLU(y, x, slope) },
		Gradient: func(dx, dy, y []float32) { elementwise.LeakyReLUGrad(dx, dy, y, slope) },
		tile:     epilogue.Epilogue{Rectifier: epilogue.Leaky, Slope: slope},
		sums: func(dx, columns, dy, y []float32, rows, n int) {
			reduce.LeakyReLUGradSums(dx, columns, dy, y, rows, n, slope)
		},
	}
}

// ELU is x for x > 0 and alpha·(exp(x)-1) for all other x (Clevert, Unterthiner and Hochreiter
// 2015).
func ELU(alpha float32) Act {
	return Act{
		Name:     fmt.Sprintf("ELU[%v]", alpha),
		Forward:  func(y, x []float32) { elementwise.ELU(y, x, alpha) },
		Gradient: func(dx, dy, y []float32) { elementwise.ELUGrad(dx, dy, y, alpha) },
	}
}

// ReLU is max(x, 0). Its gradient at 0 is 0.
func ReLU() Act {
	return Act{Name: "ReLU", Forward: elementwise.ReLU, Gradient: elementwise.ReLUGrad, tile: epilogue.Epilogue{Rectifier: epilogue.ReLU}}
}

// SiLU is x·sigmoid(x). It is also called swish.
func SiLU() Act {
	return Act{Name: "SiLU", Forward: elementwise.SiLU, Gradient: elementwise.SiLUGrad, FromInput: true}
}

// GELU is x·Φ(x), where Φ is the normal distribution function (Hendrycks and Gimpel 2016). It is
// computed with erf, not approximated.
func GELU() Act {
	return Act{Name: "GELU", Forward: elementwise.GELU, Gradient: elementwise.GELUGrad, FromInput: true}
}

const sigmoidName = "Sigmoid" // Tape.Logits looks for this name

// Sigmoid is 1/(1+exp(-x)).
func Sigmoid() Act {
	return Act{Name: sigmoidName, Forward: elementwise.Sigmoid, Gradient: elementwise.SigmoidGrad}
}

// Tanh is the hyperbolic tangent.
func Tanh() Act { return Act{Name: "Tanh", Forward: elementwise.Tanh, Gradient: elementwise.TanhGrad} }

// Softplus is log(1+exp(x)).
func Softplus() Act {
	return Act{Name: "Softplus", Forward: elementwise.Softplus, Gradient: elementwise.SoftplusGrad}
}

// Activation applies f to each element. Input: s. Output: s.
func Activation(f Act, s Shape) Op {
	o := like(f.Name, 1, s)
	o.Act = &f
	o.Run = func(y []float32, x [][]float32) { f.Forward(y, x[0]) }
	o.Grad = func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node {
		v := y
		if f.FromInput {
			v = x[0]
		}
		return []*G.Node{t.Do(activationGrad(f, s), dy, v)}
	}
	return o.flat()
}

// activationGrad is the gradient of f. Inputs: dy, and y or x, all of shape s. Output: s.
func activationGrad(f Act, s Shape) Op {
	o := like(f.Name+"Grad", 2, s)
	o.Run = func(dx []float32, x [][]float32) { f.Gradient(dx, x[0], x[1]) }
	return o.flat()
}
