package op

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/gemm"
)

// Reshape gives the input another shape of the same size. The numbers keep their order. It is a
// View.
func Reshape(in, out Shape) Op {
	return Op{
		Name: fmt.Sprintf("Reshape%v%v", in, out),
		In:   []Shape{in},
		Out:  out,
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Reshape(out, in), dy)}
		},
		View: true,
	}
}

// Copy copies the input. Input: s. Output: s.
func Copy(s Shape) Op {
	o := like("Copy", 1, s)
	o.Run = func(y []float32, x [][]float32) { copy(y, x[0]) }
	o.Grad = func(_ *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{dy} }
	return o.flat()
}

// Transpose takes each row of the batch as a matrix of m rows and n columns, and transposes it. So
// it turns channels-first images into channels-last ones: m channels of n pixels become n pixels of
// m channels. in and out must have m·n numbers a row. Input: in. Output: out.
func Transpose(m, n int, in, out Shape) Op {
	rows := in[0]
	if in.Size() != rows*m*n || out.Size() != rows*m*n {
		panic(fmt.Sprintf("op: want %d matrices of %d by %d numbers in Transpose, got shapes %v and %v", rows, m, n, in, out))
	}
	return Op{
		Name: fmt.Sprintf("Transpose%v%v[%d,%d]", in, out, m, n),
		In:   []Shape{in},
		Out:  out,
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Transpose(n, m, out, in), dy)}
		},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) { gemm.Transpose(y, x[0], rows, m, n) })
}

// Add is the sum of n inputs, added up from the first to the last. Inputs: s each. Output: s.
func Add(n int, s Shape) Op {
	o := like(fmt.Sprintf("Add%d", n), n, s)
	o.Run = func(y []float32, x [][]float32) {
		if n == 1 {
			copy(y, x[0])
			return
		}
		elementwise.Add(y, x[0], x[1])
		for _, term := range x[2:] {
			elementwise.Add(y, y, term)
		}
	}
	o.Grad = func(_ *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return slices.Repeat([]*G.Node{dy}, n)
	}
	return o.flat()
}

// Concat joins its inputs: vectors along their features, images along their channels, other shapes
// along the axis after the batch. Inputs: (rows, n_i, rest...), or (rows, height, width, n_i) for
// images. Output: the same with the sum of the n_i.
func Concat(in ...Shape) Op {
	axis := 1
	if len(in[0]) == 4 {
		axis = 3
	}
	out := slices.Clone(in[0])
	for _, s := range in[1:] {
		if len(s) != len(out) || !s[:axis].Equal(out[:axis]) || !s[axis+1:].Equal(out[axis+1:]) {
			panic(fmt.Sprintf("op: want shapes that differ in axis %d alone in Concat, got %v", axis, in))
		}
		out[axis] += s[axis]
	}
	rows := out[:axis].Size()
	return Op{
		Name: fmt.Sprintf("Concat%v", in),
		In:   in,
		Out:  out,
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			dx := make([]*G.Node, len(in))
			from := 0
			for i, s := range in {
				dx[i] = t.Do(take(rows, out, s, from), dy)
				from += s.Size() / rows
			}
			return dx
		},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) {
		for r := range rows {
			for _, part := range x {
				width := len(part) / rows
				copy(y, part[r*width:][:width])
				y = y[width:]
			}
		}
	})
}

// take splits its input into rows and copies, from each row, as many numbers as a row of s has,
// beginning at a position. Input: in. Output: s.
func take(rows int, in, s Shape, from int) Op {
	stride, width := in.Size()/rows, s.Size()/rows
	return Op{
		Name: fmt.Sprintf("Take%v%v[%d]", in, s, from),
		In:   []Shape{in},
		Out:  s,
	}.byRows(rows, func(rows int, y []float32, x [][]float32) {
		for r := range rows {
			copy(y[r*width:][:width], x[0][r*stride+from:])
		}
	})
}
