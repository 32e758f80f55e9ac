package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// codec is a model with one code layer. Its weights are random numbers, within the mask.
func codec(t *testing.T, latents int, layer func(x *graph.Node) *graph.Node) *graph.Model {
	t.Helper()
	x := graph.Input("x", latents)
	m := graph.New("codec", x, layer(x))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Weights() {
		src := random.New(2, w.Name)
		for i, v := range w.Data {
			if v != 0 || len(w.Shape) == 1 {
				w.Data[i] += src.Float32() - 0.5
			}
		}
	}
	return m
}

func conditional(hidden int) func(x *graph.Node) *graph.Node {
	return func(x *graph.Node) *graph.Node { return graph.ConditionalCode("code", x, hidden) }
}

func factorized(logistics int) func(x *graph.Node) *graph.Node {
	return func(x *graph.Node) *graph.Node { return graph.FactorizedCode("code", x, logistics) }
}

func plainWeights(m *graph.Model) map[string][]float64 {
	w := map[string][]float64{}
	for _, weight := range m.Weights() {
		w[weight.Local] = float64s(weight.Data)
	}
	return w
}

// logisticMass is the probability of the interval of length 1 around v.
func logisticMass(v, mean, logScale float64) float64 {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	d, s := math.Abs(v-mean), math.Exp(max(min(logScale, float64(graph.MaxLogScale)), float64(graph.MinLogScale)))
	return sigmoid((0.5-d)/s) - sigmoid((-0.5-d)/s)
}

// plainBits computes the bits of symbols plainly, from all weights of a layer.
func plainBits(w map[string][]float64, v []float64) (bits float64) {
	n := len(w["offset"])
	for row := range slices.Chunk(v, n) {
		for i, v := range row {
			p := 0.0
			if logit := w["logit"]; logit != nil {
				k, weights := len(logit)/n, 0.0
				for c := i * k; c < (i+1)*k; c++ {
					weights += math.Exp(logit[c])
					p += math.Exp(logit[c]) * logisticMass(v, w["mean"][c], w["log_scale"][c])
				}
				p /= weights
			} else {
				p = logisticMass(v, plainOutput(w, row, i), plainOutput(w, row, n+i))
			}
			bits += min(-math.Log2(p), 16)
		}
	}
	return bits
}

// plainOutput is one output of a conditional prior.
func plainOutput(w map[string][]float64, row []float64, j int) float64 {
	hidden, outputs := len(w["hidden_bias"]), len(w["output_bias"])
	sum := w["output_bias"][j]
	for k := range hidden {
		h := w["hidden_bias"][k]
		for l, v := range row {
			h += v * w["hidden_kernel"][l*hidden+k]
		}
		sum += math.Max(h, 0.1*h) * w["output_kernel"][k*outputs+j]
	}
	return sum
}

// Code layers round, and their loss term is the plain sum of bits: of symbols in evaluation, of
// positions with noise in training, with a gradient for every weight.
func TestCodeLayers(t *testing.T) {
	const rows = 5
	for _, c := range []struct {
		latents int
		layer   func(*graph.Node) *graph.Node
	}{{7, conditional(20)}, {7, conditional(3)}, {1, conditional(2)}, {2, conditional(2)}, {4, factorized(3)}, {3, factorized(1)}} {
		m := codec(t, c.latents, c.layer)
		w := plainWeights(m)
		x := numbers(rows*c.latents, 3)
		for i := range x {
			x[i] *= 4
		}
		var y, symbols []float64
		for i, z := range x {
			step, offset := math.Exp(w["log_step"][i%c.latents]), w["offset"][i%c.latents]
			symbols = append(symbols, math.RoundToEven((float64(z)-offset)/step))
			y = append(y, symbols[i]*step+offset)
		}
		for i, v := range predict(t, m, x) {
			if math.Abs(float64(v)-y[i]) > 1e-5 {
				t.Fatalf("element %d becomes %v, want %v", i, v, y[i])
			}
		}
		evaluation := newTraining(t, m, graph.Evaluate, 1, x)
		evaluation.run(t, 0)
		if got, want := float64(evaluation.terms["bits"][0]), plainBits(w, symbols)/rows; math.Abs(got-want) > 1e-5*want {
			t.Errorf("%d latents: %v bits, want %v", c.latents, got, want)
		}
		first := slices.Clone(evaluation.y)
		tr := newTraining(t, m, graph.Train, 1, x)
		tr.run(t, 0)
		if !slices.Equal(tr.y, first) || !slices.Equal(predict(t, m, x), first) {
			t.Errorf("%d latents: training, evaluation and prediction round differently", c.latents)
		}
		bits := tr.terms["bits"][0]
		if bits == evaluation.terms["bits"][0] || !(bits > 0) {
			t.Errorf("%d latents: the bits in training are %v, those in evaluation %v", c.latents, bits, evaluation.terms["bits"][0])
		}
		tr.run(t, 1)
		if tr.terms["bits"][0] == bits {
			t.Errorf("%d latents: the next step draws the same noise", c.latents)
		}
	}
}

// Masked weights are 0 at the start, have no gradient, and have no effect if a file brings others.
func TestMaskedWeights(t *testing.T) {
	const latents, hidden, rows = 5, 12, 4
	x := numbers(rows*latents, 1)
	m := codec(t, latents, conditional(hidden))
	masks := map[string]func(in, out int) bool{ // does output out use input in
		"hidden_kernel": func(in, out int) bool { return in <= out*(latents-1)/hidden },
		"output_kernel": func(in, out int) bool { return in*(latents-1)/hidden < out%latents },
	}
	tr := newTraining(t, m, graph.Train, 1, x)
	tr.run(t, 0)
	bits := tr.terms["bits"][0]
	for _, w := range m.Weights() {
		mask := masks[w.Local]
		if mask == nil {
			continue
		}
		for i, v := range w.Data {
			used := mask(i/w.Shape[1], i%w.Shape[1])
			if g := tr.grads[w.Name][i]; used == (v == 0) || !used && g != 0 {
				t.Fatalf("%s: element %d is %v with gradient %v, used: %v", w.Name, i, v, g, used)
			}
			if !used {
				w.Data[i] = 100
			}
		}
	}
	if tr.run(t, 0); tr.terms["bits"][0] != bits {
		t.Errorf("weights outside of the mask change the bits from %v to %v", bits, tr.terms["bits"][0])
	}
}

func TestCodeLayersRefuse(t *testing.T) {
	x, image := graph.Input("x", 3), graph.Input("x", 1, 2, 2)
	for _, k := range []int{0, -1, 17} {
		wantError(t, graph.New("m", x, graph.FactorizedCode("code", x, k)).Err(), `"code"`, "want 1 to 16 logistic distributions")
	}
	wantError(t, graph.New("m", x, graph.ConditionalCode("code", x, 0)).Err(), "want 1 hidden unit or more, got 0")
	wantError(t, graph.New("m", image, graph.ConditionalCode("code", image, 4)).Err(), "1 axes")
}
