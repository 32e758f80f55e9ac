package graph_test

import (
	"math"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

func priorOf(t *testing.T, m *graph.Model) *graph.Prior {
	t.Helper()
	p, err := graph.PriorOf(m.Nodes()[1])
	if err != nil || p == nil {
		t.Fatalf("no prior: %v", err)
	}
	return p
}

// The symbols and codes of a prior are those of the layer.
func TestPriorQuantizes(t *testing.T) {
	const latents, rows = 6, 50
	for _, layer := range []func(*graph.Node) *graph.Node{conditional(9), factorized(2)} {
		m := codec(t, latents, layer)
		p := priorOf(t, m)
		x := numbers(rows*latents, 7)
		for i := range x {
			x[i] *= 30
		}
		x[3] = 1e30
		symbols, codes := make([]int32, len(x)), make([]float32, len(x))
		if err := p.Quantize(symbols, x); err != nil {
			t.Fatal(err)
		}
		if err := p.Dequantize(codes, symbols); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(codes, predict(t, m, x)) {
			t.Error("the layer gives other codes")
		}
		if symbols[3] != graph.MaxSymbol || p.Latents() != latents {
			t.Errorf("the symbol is %d, the prior has %d latents", symbols[3], p.Latents())
		}
		x[5] = float32(math.NaN())
		wantError(t, p.Quantize(symbols, x), "got NaN as latent 5 of code 0")
		wantError(t, p.Quantize(symbols[1:], x), "want codes of 6 latents and as many symbols")
		wantError(t, p.Dequantize(codes[1:], symbols[1:]), "want codes of 6 latents")
	}
}

// A walk gives the means and scales of the layer, with the same bits, whatever the number of codes.
// Symbols after a latent have no effect on it.
func TestWalk(t *testing.T) {
	for _, c := range []struct{ latents, hidden, rows int }{{1, 3, 2}, {2, 1, 3}, {5, 12, 1}, {9, 4, 7}, {64, 384, 33}} {
		m := codec(t, c.latents, conditional(c.hidden))
		p := priorOf(t, m)
		if !p.Conditional() {
			t.Fatal("a conditional prior is not conditional")
		}
		symbols := make([]float32, c.rows*c.latents)
		for i, v := range numbers(len(symbols), 5) {
			symbols[i] = float32(math.RoundToEven(float64(3 * v)))
		}
		want := layerOutputs(t, m, c.rows, c.latents, c.hidden, symbols)
		w, previous := p.Walk(c.rows), make([]int32, c.rows)
		for i := range c.latents {
			means, logScales := w.Next(previous)
			for r := range c.rows {
				mean, logScale := want[2*r*c.latents+i], want[(2*r+1)*c.latents+i]
				if means[r] != mean || logScales[r] != max(min(logScale, graph.MaxLogScale), graph.MinLogScale) {
					t.Fatalf("%+v: latent %d of code %d has mean %v and scale %v, want %v and %v",
						c, i, r, means[r], logScales[r], mean, logScale)
				}
				previous[r] = int32(symbols[r*c.latents+i])
			}
		}
	}
}

// layerOutputs is what the layer itself computes from all symbols at once. The masked weights of
// these models are 0.
func layerOutputs(t *testing.T, m *graph.Model, rows, latents, hidden int, symbols []float32) []float32 {
	t.Helper()
	w := map[string][]float32{}
	for _, weight := range m.Weights() {
		w[weight.Local] = weight.Data
	}
	act := op.LeakyReLU(0.1)
	p, err := op.Compile(func(tape *op.Tape) []*G.Node {
		leaf := func(name string, s ...int) *G.Node { return tape.Var(name, s, w[name], false) }
		x := tape.Var("symbols", op.Shape{rows, latents}, symbols, false)
		h := tape.Do(op.Dense(rows, latents, hidden, &act), x, leaf("hidden_kernel", latents, hidden), leaf("hidden_bias", hidden))
		return []*G.Node{tape.Do(op.Dense(rows, hidden, 2*latents, nil), h, leaf("output_kernel", hidden, 2*latents), leaf("output_bias", 2*latents))}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return p.Result(0)
}

// A factorised prior has the mixtures of the layer. No weights make a NaN that a coder would see.
func TestPriorNumbers(t *testing.T) {
	m := codec(t, 3, factorized(2))
	p := priorOf(t, m)
	w := m.Weights()
	if p.Conditional() || len(p.Mixtures) != 3 || p.Mixtures[2].Logits[1] != w[2].Data[5] || p.Mixtures[1].Means[0] != w[3].Data[2] ||
		p.Mixtures[0].LogScales[1] != w[4].Data[1] {
		t.Errorf("the prior is %+v", p)
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	w[3].Data[0], w[3].Data[1], w[4].Data[0], w[4].Data[1] = nan, inf, nan, -inf
	if x := priorOf(t, m).Mixtures[0]; x.Means[0] != 0 || x.Means[1] != graph.MaxSymbol || x.LogScales[0] != 0 || x.LogScales[1] != graph.MinLogScale {
		t.Errorf("a mixture of NaN is %+v", x)
	}
	m = codec(t, 2, conditional(3))
	bias := m.Weights()[len(m.Weights())-1].Data // two means, two logarithms of scales
	copy(bias, []float32{nan, inf, inf, nan})
	walk := priorOf(t, m).Walk(1)
	for i, want := range [][2]float32{{0, graph.MaxLogScale}, {graph.MaxSymbol, 0}} {
		if mean, logScale := walk.Next([]int32{1}); mean[0] != want[0] || logScale[0] != want[1] {
			t.Errorf("latent %d has mean %v and scale %v, want %v", i, mean[0], logScale[0], want)
		}
	}
	x := graph.Input("x", 2)
	n := graph.ConditionalCode("code", x, 3)
	if err := graph.New("m", x, n).Err(); err != nil {
		t.Fatal(err)
	}
	_, err := graph.PriorOf(n)
	wantError(t, err, `"code"`, "call Init")
	if p, err := graph.PriorOf(x); p != nil || err != nil {
		t.Errorf("an input has the prior %v (%v)", p, err)
	}
}

// BenchmarkWalk measures the distributions of a code of 64 latents, in codes a second.
func BenchmarkWalk(b *testing.B) {
	const latents, rows = 64, 1024
	x := graph.Input("x", latents)
	m := graph.New("codec", x, graph.ConditionalCode("code", x, 384))
	if err := m.Init(1); err != nil {
		b.Fatal(err)
	}
	p, err := graph.PriorOf(m.Nodes()[1])
	if err != nil {
		b.Fatal(err)
	}
	symbols := make([]int32, rows)
	for b.Loop() {
		w := p.Walk(rows)
		for range latents {
			w.Next(symbols)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "codes/s")
}
