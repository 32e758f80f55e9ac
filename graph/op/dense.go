package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/gemm"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// Dense is the fully connected layer y = f(x·kernel + bias). f is nil for none. f must not be one
// whose gradient is computed FromInput. Inputs: x (rows, in), kernel (in, units), bias (units).
// Output: (rows, units).
func Dense(rows, in, units int, f *Act) Op {
	name, after := fused(f)
	return Op{
		Name: fmt.Sprintf("Dense(%d,%d,%d)%s", rows, in, units, name),
		In:   []Shape{{rows, in}, {in, units}, {units}},
		Out:  Shape{rows, units}, Shared: []int{1, 2},
		Grad: func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node {
			dz, dbias := dy, dy
			if f == nil {
				dbias = t.Do(ColumnSums(rows, units), dy)
			} else {
				d := t.DoAll(denseGradAct(*f, rows, units), dy, y)
				dz, dbias = d[0], d[1]
			}
			return []*G.Node{
				t.Do(denseGradX(rows, in, units), dz, x[1]),
				t.Do(denseGradKernel(rows, in, units), x[0], dz),
				dbias,
			}
		},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) {
		after := after
		after.Bias = x[2]
		gemm.MulEpilogue(false, false, rows, units, in, x[0], in, x[1], units, y, units, after)
	})
}

// DenseNoBias is y = f(x·kernel): Dense without a bias. Inputs: x (rows, in), kernel (in, units).
// Output: (rows, units).
func DenseNoBias(rows, in, units int, f *Act) Op {
	name, after := fused(f)
	return Op{
		Name: fmt.Sprintf("DenseNoBias(%d,%d,%d)%s", rows, in, units, name),
		In:   []Shape{{rows, in}, {in, units}},
		Out:  Shape{rows, units}, Shared: []int{1},
		Grad: func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node {
			dz := dy
			if f != nil {
				dz = t.Do(activationGrad(*f, Shape{rows, units}), dy, y)
			}
			return []*G.Node{
				t.Do(denseGradX(rows, in, units), dz, x[1]),
				t.Do(denseGradKernel(rows, in, units), x[0], dz),
			}
		},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) {
		gemm.MulEpilogue(false, false, rows, units, in, x[0], in, x[1], units, y, units, after)
	})
}

// denseGradAct computes in one pass the gradient of the activation's input, and the column sums of
// that, which are the gradient of the bias. Inputs: dy and y, both (rows, units). Outputs: (rows,
// units) and (units).
func denseGradAct(f Act, rows, units int) Op {
	s := Shape{rows, units}
	return Op{
		Name:   fmt.Sprintf("DenseGrad%s%v", f.Name, s),
		In:     []Shape{s, s},
		Out:    s,
		More:   []Shape{{units}},
		Apart:  true,
		RunAll: func(d, x [][]float32) { f.gradientSums(d[0], d[1], x[0], x[1], rows, units) },
	}
}

// denseGradX is dx = dy·kernelᵀ. Inputs: dy and kernel. Output: (rows, in).
func denseGradX(rows, in, units int) Op {
	return Op{
		Name: fmt.Sprintf("DenseGradX(%d,%d,%d)", rows, in, units),
		In:   []Shape{{rows, units}, {in, units}},
		Out:  Shape{rows, in}, Shared: []int{1},
	}.byRows(rows, func(rows int, dx []float32, x [][]float32) {
		gemm.Mul(false, true, rows, in, units, x[0], units, x[1], units, false, dx, in)
	})
}

// denseGradKernel is dkernel = xᵀ·dy. Inputs: x and dy. Output: (in, units).
func denseGradKernel(rows, in, units int) Op {
	return Op{
		Name: fmt.Sprintf("DenseGradKernel(%d,%d,%d)", rows, in, units),
		In:   []Shape{{rows, in}, {rows, units}},
		Out:  Shape{in, units},
		Run: func(dk []float32, x [][]float32) {
			gemm.Mul(true, false, in, units, rows, x[0], in, x[1], units, false, dk, units)
		},
		SumTogether: func(groups int, dk, x [][]float32) {
			gemm.MulTree(in, units, groups*rows, groups, x[0], in, x[1], units, dk[0], units)
		},
		Sums: []int{0},
	}
}

// ColumnSums is y[j] = Σ_r x[r,j], which is the gradient of a bias. Input: (rows, n). Output: (n).
func ColumnSums(rows, n int) Op {
	return Op{
		Name: fmt.Sprintf("ColumnSums(%d,%d)", rows, n),
		In:   []Shape{{rows, n}},
		Out:  Shape{n}, Apart: true,
		Run: func(y []float32, x [][]float32) { reduce.ColumnSums(y, rows, n, x[0]) },
	}
}
