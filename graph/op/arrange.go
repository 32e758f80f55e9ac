package op

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// Reshape gives the same numbers, in the same order, another shape of the same size. It copies: a second name for the
// same memory would be overwritten by stock operations that take either for dead.
func Reshape(in, out Shape) Op {
	if in.Size() != out.Size() {
		panic("op: Reshape to another size")
	}
	return Op{
		Name: fmt.Sprintf("Reshape%v%v", in, out),
		In:   []Shape{in},
		Out:  out,
		Run:  func(y []float32, x [][]float32) { copy(y, x[0]) },
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Reshape(out, in), dy)}
		},
	}
}

// Add is the sum of n inputs of one shape, from the first to the last.
func Add(n int, s Shape) Op {
	o := like(fmt.Sprintf("Add%d", n), n, s)
	o.Run = func(y []float32, x [][]float32) {
		copy(y, x[0])
		for _, term := range x[1:] {
			f32.Add(y, y, term)
		}
	}
	o.Grad = func(_ *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return slices.Repeat([]*G.Node{dy}, n)
	}
	return o
}

// Concat joins inputs along the first axis after the batch axis: features of vectors, channels of images. Inputs:
// (rows, n_i, rest...). Output: (rows, Σn_i, rest...).
func Concat(in ...Shape) Op {
	out := slices.Clone(in[0])
	for _, s := range in[1:] {
		if len(s) != len(out) || s[0] != out[0] || !s[2:].Equal(out[2:]) {
			panic("op: Concat of shapes that differ in more than one axis")
		}
		out[1] += s[1]
	}
	rows := out[0]
	return Op{
		Name: fmt.Sprintf("Concat%v", in),
		In:   in,
		Out:  out,
		Run: func(y []float32, x [][]float32) {
			for r := range rows {
				for _, part := range x {
					width := len(part) / rows
					copy(y, part[r*width:][:width])
					y = y[width:]
				}
			}
		},
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			dx := make([]*G.Node, len(in))
			from := 0
			for i, s := range in {
				dx[i] = t.Do(take(out, s, from), dy)
				from += s.Size() / rows
			}
			return dx
		},
	}
}

// take cuts out of each row the numbers from a position on that fill shape s.
func take(in, s Shape, from int) Op {
	rows := in[0]
	stride, width := in.Size()/rows, s.Size()/rows
	return Op{
		Name: fmt.Sprintf("Take%v%v[%d]", in, s, from),
		In:   []Shape{in},
		Out:  s,
		Run: func(y []float32, x [][]float32) {
			for r := range rows {
				copy(y[r*width:][:width], x[0][r*stride+from:])
			}
		},
	}
}
