package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/rate"
)

// The ops of this file refine codes by gradients. Package rate has their formulas.

// Anneal rounds positions of n latents softly and at random. Inputs: the positions (rows, n), in
// steps from the offset; the steps (n); the offsets (n); the noise (n); the temperature (1). Outputs,
// all (rows, n): the latents, which the decoder sees; the symbols, which the rate sees; and the
// slopes of the symbols. Only positions have a gradient.
func Anneal(rows, n int) Op {
	s, one := Shape{rows, n}, Shape{n}
	shift := make([]float64, n)
	return Op{
		Name:     fmt.Sprintf("Anneal(%d,%d)", rows, n),
		In:       []Shape{s, one, one, one, {1}},
		Out:      s,
		More:     []Shape{s, s},
		Constant: []int{2},
		RunAll: func(y, x [][]float32) {
			rate.Quantizer{Step: x[1], Offset: x[2]}.Anneal(y[0], y[1], y[2], x[0], x[3], x[4][0], rows, shift)
		},
		GradAll: func(t *Tape, x, y, dy []*G.Node) []*G.Node {
			for k, d := range dy[:2] {
				if d == nil {
					dy[k] = t.Var("zero", s, make([]float32, s.Size()), false)
				}
			}
			return []*G.Node{t.Do(annealGrad(rows, n), y[2], dy[0], dy[1], x[1]), nil, nil, nil, nil}
		},
	}
}

// annealGrad is the gradient of Anneal. Inputs: the slopes, and the gradients of latents and of
// symbols, all (rows, n); the steps (n). Output: (rows, n).
func annealGrad(rows, n int) Op {
	s := Shape{rows, n}
	return Op{
		Name: fmt.Sprintf("AnnealGrad(%d,%d)", rows, n),
		In:   []Shape{s, s, s, {n}},
		Out:  s,
		Run: func(d []float32, x [][]float32) {
			rate.Quantizer{Step: x[3]}.AnnealGradient(d, x[0], x[1], x[2], rows)
		},
	}
}

// TableBits is scale times the bits that symbols cost, if each latent has a table of the bits of
// integers. Input: the symbols (rows, n), not necessarily integers. Outputs: the bits, a scalar; and
// their gradient. scale must be above 0.
func TableBits(rows int, tables rate.Tables, scale float32) Op {
	s := Shape{rows, len(tables)}
	sums, unread := make([]float64, rows), make([]float32, s.Size())
	return bits(Op{
		Name: fmt.Sprintf("TableBits%v[%v]", s, scale),
		In:   []Shape{s},
		More: []Shape{s},
		RunAll: func(y, x [][]float32) {
			d := y[1]
			if d == nil {
				d = unread
			}
			y[0][0] = tables.Bits(x[0], d, rows, scale, sums)
		},
	})
}
