package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// Dense is the fully connected layer y = x·kernel + bias. Inputs: x (rows, in), kernel (in, units), bias (units).
// Output: (rows, units).
func Dense(rows, in, units int) Op {
	return Op{
		Name: fmt.Sprintf("Dense(%d,%d,%d)", rows, in, units),
		In:   []Shape{{rows, in}, {in, units}, {units}},
		Out:  Shape{rows, units},
		Run: func(y []float32, x [][]float32) {
			f32.Gemm(false, false, rows, units, in, x[0], in, x[1], units, false, y, units)
			f32.AddBias(y, rows, units, x[2])
		},
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{
				t.Do(denseGradX(rows, in, units), dy, x[1]),
				t.Do(denseGradKernel(rows, in, units), x[0], dy),
				t.Do(ColumnSums(rows, units), dy),
			}
		},
	}
}

// dx = dy·kernelᵀ
func denseGradX(rows, in, units int) Op {
	return Op{
		Name: fmt.Sprintf("DenseGradX(%d,%d,%d)", rows, in, units),
		In:   []Shape{{rows, units}, {in, units}},
		Out:  Shape{rows, in},
		Run: func(dx []float32, x [][]float32) {
			f32.Gemm(false, true, rows, in, units, x[0], units, x[1], units, false, dx, in)
		},
	}
}

// dkernel = xᵀ·dy
func denseGradKernel(rows, in, units int) Op {
	return Op{
		Name: fmt.Sprintf("DenseGradKernel(%d,%d,%d)", rows, in, units),
		In:   []Shape{{rows, in}, {rows, units}},
		Out:  Shape{in, units},
		Run: func(dk []float32, x [][]float32) {
			f32.Gemm(true, false, in, units, rows, x[0], in, x[1], units, false, dk, units)
		},
	}
}

// ColumnSums adds up the rows: y[j] = Σ_r x[r,j], the gradient of a bias. Input: (rows, n). Output: (n).
func ColumnSums(rows, n int) Op {
	return Op{
		Name: fmt.Sprintf("ColumnSums(%d,%d)", rows, n),
		In:   []Shape{{rows, n}},
		Out:  Shape{n},
		Run:  func(y []float32, x [][]float32) { f32.ColumnSums(y, rows, n, x[0]) },
	}
}
