package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// Act is an elementwise function y = f(x) and its gradient dx = dy·f'(x).
type Act struct {
	Name      string
	Forward   func(y, x []float32)
	Gradient  func(dx, dy, v []float32) // v is y, or x if FromInput
	FromInput bool                      // is f' computed from x; else it comes from y, and x need not be kept

	// Of functions that Dense computes in one pass with something else; the others leave them out.
	tile f32.Epilogue                                    // applies f to the tiles of a product
	sums func(dx, columns, dy, y []float32, rows, n int) // Gradient with the column sums of dx
}

// epilogue is what applies f to a product.
func (f Act) epilogue() f32.Epilogue {
	if f.tile.Act != f32.NoAct {
		return f.tile
	}
	return f32.Epilogue{Finish: func(y []float32) { f.Forward(y, y) }}
}

// gradientSums is Gradient and, in columns, the column sums of dx.
func (f Act) gradientSums(dx, columns, dy, y []float32, rows, n int) {
	if f.sums != nil {
		f.sums(dx, columns, dy, y, rows, n)
		return
	}
	f.Gradient(dx, dy, y)
	f32.ColumnSums(columns, rows, n, dx)
}

// LeakyReLU is x where x > 0, slope·x elsewhere; slope must not be negative.
func LeakyReLU(slope float32) Act {
	return Act{
		Name:     fmt.Sprintf("LeakyReLU[%v]", slope),
		Forward:  func(y, x []float32) { f32.LeakyReLU(y, x, slope) },
		Gradient: func(dx, dy, y []float32) { f32.LeakyReLUGrad(dx, dy, y, slope) },
		tile:     f32.Epilogue{Act: f32.LeakyAct, Slope: slope},
		sums: func(dx, columns, dy, y []float32, rows, n int) {
			f32.LeakyReLUGradSums(dx, columns, dy, y, rows, n, slope)
		},
	}
}

// ELU is x where x > 0, alpha·(exp(x)-1) elsewhere (Clevert, Unterthiner and Hochreiter 2015).
func ELU(alpha float32) Act {
	return Act{
		Name:     fmt.Sprintf("ELU[%v]", alpha),
		Forward:  func(y, x []float32) { f32.ELU(y, x, alpha) },
		Gradient: func(dx, dy, y []float32) { f32.ELUGrad(dx, dy, y, alpha) },
	}
}

// ReLU is max(x, 0), with gradient 0 at 0.
func ReLU() Act {
	return Act{Name: "ReLU", Forward: f32.ReLU, Gradient: f32.ReLUGrad, tile: f32.Epilogue{Act: f32.ReLUAct}}
}

// SiLU is x·sigmoid(x), also called swish.
func SiLU() Act {
	return Act{Name: "SiLU", Forward: f32.SiLU, Gradient: f32.SiLUGrad, FromInput: true}
}

// GELU is x·Φ(x) with Φ the normal distribution function, exact by erf (Hendrycks and Gimpel 2016).
func GELU() Act {
	return Act{Name: "GELU", Forward: f32.GELU, Gradient: f32.GELUGrad, FromInput: true}
}

const sigmoidName = "Sigmoid" // Tape.Logits looks for it

// Sigmoid is 1/(1+exp(-x)).
func Sigmoid() Act {
	return Act{Name: sigmoidName, Forward: f32.Sigmoid, Gradient: f32.SigmoidGrad}
}

// Tanh is the hyperbolic tangent.
func Tanh() Act { return Act{Name: "Tanh", Forward: f32.Tanh, Gradient: f32.TanhGrad} }

// Softplus is log(1+exp(x)).
func Softplus() Act { return Act{Name: "Softplus", Forward: f32.Softplus, Gradient: f32.SoftplusGrad} }

// Activation applies f to each element. Input and output: s.
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
	return o
}

func activationGrad(f Act, s Shape) Op {
	o := like(f.Name+"Grad", 2, s)
	o.Run = func(dx []float32, x [][]float32) { f.Gradient(dx, x[0], x[1]) }
	return o
}
