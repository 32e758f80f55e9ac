package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/norm"
)

// Softmax is exp(x_i) / Σ_j exp(x_j) over each row. Input: (rows, n). Output: (rows, n).
func Softmax(rows, n int) Op {
	o := like("Softmax", 1, Shape{rows, n})
	o.Grad = func(t *Tape, _ []*G.Node, y, dy *G.Node) []*G.Node {
		s := Shape{rows, n}
		return []*G.Node{t.Do(Op{
			Name: fmt.Sprintf("SoftmaxGrad%v", s),
			In:   []Shape{s, s},
			Out:  s,
		}.byRows(rows, func(rows int, dx []float32, x [][]float32) { norm.SoftmaxGrad(dx, x[0], x[1], rows, n) }), dy, y)}
	}
	return o.byRows(rows, func(rows int, y []float32, x [][]float32) { norm.Softmax(y, x[0], rows, n) })
}
