package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/internal/gemm"
)

// Bits writes what symbols cost into a graph. The prior must be conditional. symbols is (b.Rows,
// latents), not necessarily of whole numbers. It returns a scalar, the bits of all rows together,
// with a gradient for the symbols.
func (p *Prior) Bits(b *Builder, symbols *G.Node) *G.Node {
	n, act := p.Latents(), op.LeakyReLU(priorSlope)
	hidden := len(p.hidden.count)
	h := b.Do(op.Dense(b.Rows, n, hidden, &act), append([]*G.Node{symbols}, p.hidden.leaves(b, "hidden", n)...)...)
	out := b.Do(op.Dense(b.Rows, hidden, 2*n, nil), append([]*G.Node{h}, p.output.leaves(b, "output", hidden)...)...)
	return b.DoAll(op.LogisticBits(b.Rows, n, 1), symbols, out)[0]
}

// leaves writes kernel (inputs, outputs) and bias.
func (m *masking) leaves(b *Builder, name string, in int) []*G.Node {
	units := len(m.bias)
	kernel := make([]float32, len(m.kernel))
	gemm.Transpose(kernel, m.kernel, 1, units, in)
	return []*G.Node{b.Var(name+"_kernel", op.Shape{in, units}, kernel, false), b.Var(name+"_bias", op.Shape{units}, m.bias, false)}
}
