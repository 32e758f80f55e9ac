package op_test

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// sumAndDifference has two outputs, a + b and a - b. Inputs: a and b, both of shape s. Outputs: s
// and s.
func sumAndDifference(s op.Shape) op.Op {
	return op.Op{
		Name: fmt.Sprint("SumAndDifference", s),
		In:   []op.Shape{s, s},
		Out:  s,
		More: []op.Shape{s},
		RunAll: func(y, x [][]float32) {
			for i, a := range x[0] {
				y[0][i], y[1][i] = a+x[1][i], a-x[1][i]
			}
		},
		GradAll: func(t *op.Tape, _, _, dy []*G.Node) []*G.Node {
			for k, d := range dy {
				if d == nil { // the loss does not depend on this output
					dy[k] = t.Var("zero", s, make([]float32, s.Size()), false)
				}
			}
			return t.DoAll(sumAndDifference(s), dy...) // da = dsum + ddiff and db = dsum - ddiff
		},
	}
}

// An operation is data: its shapes are known without a graph.
func ExampleConv2D() {
	axis := op.Axis{In: 28, Out: 14, Kernel: 3, Stride: 2, Dilation: 1, Pad: 1}
	o := op.Conv2D(1, op.Convolution{In: 1, Out: 8, Height: axis, Width: axis, Bias: true}, nil)
	fmt.Println("from", o.In, "to", o.Out)
	// Output: from [(1, 28, 28, 1) (8, 1, 3, 3) (8)] to (1, 14, 14, 8)
}

// An operation with two outputs, and a gradient that uses both.
func ExampleTape_DoAll() {
	s := op.Shape{1, 3}
	a, b := []float32{1, 2, 3}, []float32{3, 2, 2}
	p, err := op.Compile(func(t *op.Tape) []*G.Node {
		x, y := t.Var("a", s, a, true), t.Var("b", s, b, false)
		out := t.DoAll(sumAndDifference(s), x, y)
		loss := t.Do(op.SquaredNorm(s, 0.5), out[1])
		return append(out, t.Grad(loss, x)...)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Run(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sum", p.Result(0))
	fmt.Println("difference", p.Result(1))
	fmt.Println("gradient of a", p.Result(2))

	// Compares each output and its gradients with the formula in float64, on random numbers.
	err = op.CheckAll(sumAndDifference(s), func(y, x [][]float64) {
		for i, a := range x[0] {
			y[0][i], y[1][i] = a+x[1][i], a-x[1][i]
		}
	}, 1)
	fmt.Println("mistakes:", err)
	// Output:
	// sum [4 4 5]
	// difference [-2 0 1]
	// gradient of a [-2 0 1]
	// mistakes: <nil>
}
