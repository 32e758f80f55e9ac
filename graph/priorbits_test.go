package graph_test

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// The bits of a prior are those of the layer, for symbols and for numbers between them. Their
// gradient is that of central differences.
func TestPriorBits(t *testing.T) {
	const rows, latents = 3, 7
	m := codec(t, latents, conditional(20))
	p := priorOf(t, m)
	w := plainWeights(m)
	v := make([]float32, rows*latents)
	for i, x := range numbers(len(v), 5) {
		v[i] = x
	}
	v[2], v[9] = 1, -1
	program, err := op.Compile(func(tape *op.Tape) []*G.Node {
		b := graph.NewBuilder(tape, graph.Predict, rows)
		symbols := b.Var("symbols", op.Shape{rows, latents}, v, true)
		bits := p.Bits(b, symbols)
		return []*G.Node{bits, tape.Grad(bits, symbols)[0]}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	x := float64s(v)
	if got, want := float64(program.Result(0)[0]), plainBits(w, x); math.Abs(got-want) > 1e-5*want {
		t.Errorf("got %v bits, want %v", got, want)
	}
	for i, got := range program.Result(1) {
		const h = 1e-5
		old := x[i]
		x[i] = old + h
		up := plainBits(w, x)
		x[i] = old - h
		want := (up - plainBits(w, x)) / (2 * h)
		x[i] = old
		if math.Abs(float64(got)-want) > 1e-3*max(1, math.Abs(want)) {
			t.Errorf("gradient %d is %v, want %v", i, got, want)
		}
	}
}
