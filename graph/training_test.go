package graph_test

import (
	"math"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// training is a training graph of a model. Its loss is half the squared length of the output, and
// the terms that layers add.
type training struct {
	program *op.Program
	step    uint64
	y, loss []float32
	terms   map[string][]float32
	updates map[string][]float32
	grads   map[string][]float32 // by weight
}

func newTraining(t *testing.T, m *graph.Model, mode graph.Mode, seed uint64, x []float32) *training {
	t.Helper()
	tr := &training{}
	rows := len(x) / m.In().Size()
	var results []*G.Node
	var into []func([]float32)
	keep := func(n *G.Node, f func([]float32)) { results, into = append(results, n), append(into, f) }
	var err error
	tr.program, err = op.Compile(func(tape *op.Tape) []*G.Node {
		results, into = nil, nil
		tr.terms, tr.updates, tr.grads = map[string][]float32{}, map[string][]float32{}, map[string][]float32{}
		b := graph.NewBuilder(tape, mode, rows).DrawFrom(seed, &tr.step)
		y := m.Build(b, b.Examples("x", m.In(), x))
		loss := tape.Do(op.SquaredNorm(op.ShapeOf(y), 0.5), y)
		keep(y, func(v []float32) { tr.y = v })
		for _, term := range b.Terms() {
			loss = tape.Do(op.Add(2, op.Shape{}), loss, term.Node)
			keep(term.Node, func(v []float32) { tr.terms[term.Name] = v })
		}
		for _, u := range b.Updates() {
			keep(u.Node, func(v []float32) { tr.updates[u.Weight.Name] = v })
		}
		keep(loss, func(v []float32) { tr.loss = v })
		if mode != graph.Train {
			return results
		}
		var names []string
		var leaves []*G.Node
		for _, w := range m.Weights() {
			if !w.Kept {
				names, leaves = append(names, w.Name), append(leaves, b.Leaf(w))
			}
		}
		for i, grad := range tape.Grad(loss, leaves...) {
			keep(grad, func(v []float32) { tr.grads[names[i]] = v })
		}
		return results
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range into {
		f(tr.program.Result(i))
	}
	return tr
}

func (tr *training) run(t *testing.T, step uint64) {
	t.Helper()
	tr.step = step
	if err := tr.program.Run(); err != nil {
		t.Fatal(err)
	}
}

// The gradients of random models, with shared and nested models, against central differences of the
// reference.
func TestGradientsOfRandomModels(t *testing.T) {
	shared := 0
	for seed := range uint64(25) {
		p := randomModel(t, seed, 3, false)
		x := numbers(2*p.model.In().Size(), seed)
		tr := newTraining(t, p.model, graph.Train, 1, x)
		tr.run(t, 0)
		tr.run(t, 1) // a second run must not depend on the first
		agree(t, tr.y, p.reference(x))
		if appliesTwice(p.model) {
			shared++
		}
		for _, w := range p.model.Weights() {
			agree(t, tr.grads[w.Name], differences(p, x, p.weights[w.Name]))
		}
	}
	if shared == 0 {
		t.Error("no random model applied a model twice")
	}
}

// differences returns the gradient of half the squared length of the outputs, and of ActivityL2's
// terms, with respect to w.
func differences(p *pair, x []float32, w []float64) []float64 {
	loss := func() float64 {
		sum := 0.0
		p.penalty = 0
		for row := range slices.Chunk(x, p.model.In().Size()) {
			for _, v := range p.eval(float64s(graph.ChannelsFirst(row, p.model.In()))) {
				sum += v * v / 2
			}
		}
		return sum + p.penalty/float64(len(x)/p.model.In().Size())
	}
	const h = 1e-5
	g := make([]float64, len(w))
	for i, v := range w {
		w[i] = v + h
		up := loss()
		w[i] = v - h
		down := loss()
		w[i] = v
		g[i] = (up - down) / (2 * h)
	}
	return g
}

// A model that is applied twice has its weights once. Their gradient is the sum over both calls.
func TestSharedModel(t *testing.T) {
	x := graph.Input("x", 2)
	twice := graph.New("twice", x, graph.Dense("dense", x, 2))
	y := graph.Input("y", 2)
	m := graph.New("m", y, twice.Apply(twice.Apply(y)))
	wantNames(t, m, []string{"y", "twice", "twice_1"}, []string{"twice/dense/kernel", "twice/dense/bias"})
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	kernel, bias := m.Weights()[0].Data, m.Weights()[1].Data
	copy(kernel, []float32{2, 0, 0, 3})
	copy(bias, []float32{1, -1})
	tr := newTraining(t, m, graph.Train, 1, []float32{1, 1})
	tr.run(t, 0)
	tr.run(t, 1)
	// y = (2(2+1)+1, 3(3-1)-1) = (7, 5); by hand, with h = (3, 2) the value between: dkernel = hᵀ·y
	// + xᵀ·(2·7, 3·5), dbias = y + (2·7, 3·5).
	for what, c := range map[string][2][]float32{
		"y":               {tr.y, {7, 5}},
		"kernel gradient": {tr.grads["twice/dense/kernel"], {3*7 + 14, 3*5 + 15, 2*7 + 14, 2*5 + 15}},
		"bias gradient":   {tr.grads["twice/dense/bias"], {7 + 14, 5 + 15}},
	} {
		if !slices.Equal(c[0], c[1]) {
			t.Errorf("%s is %v, want %v", what, c[0], c[1])
		}
	}
}

func wantNames(t *testing.T, m *graph.Model, nodes, weights []string) {
	t.Helper()
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	var gotNodes, gotWeights []string
	for _, n := range m.Nodes() {
		gotNodes = append(gotNodes, n.Name())
	}
	for _, w := range m.Weights() {
		gotWeights = append(gotWeights, w.Name)
	}
	if !slices.Equal(gotNodes, nodes) {
		t.Errorf("the layers are %q, want %q", gotNodes, nodes)
	}
	if !slices.Equal(gotWeights, weights) {
		t.Errorf("the weights are %q, want %q", gotWeights, weights)
	}
}

func TestActivityL2(t *testing.T) {
	x := graph.Input("x", 2)
	inner := graph.New("inner", x, graph.ActivityL2("penalty", x, 0.5))
	y := graph.Input("y", 2)
	m := graph.New("m", y, inner.Apply(graph.ActivityL2("other", inner.Apply(y), 0.25)))
	for _, mode := range []graph.Mode{graph.Train, graph.Evaluate} {
		tr := newTraining(t, m, mode, 1, []float32{1, 2, 3, 4})
		tr.run(t, 0)
		if !slices.Equal(tr.y, []float32{1, 2, 3, 4}) {
			t.Errorf("mode %v: the penalty passed on %v", mode, tr.y)
		}
		const mean = (1 + 4 + 9 + 16) / 2. // over the batch
		want := map[string]float64{"penalty": 2 * 0.5 * mean, "other": 0.25 * mean}
		for name, w := range want {
			if got := tr.terms[name]; len(tr.terms) != len(want) || len(got) != 1 || math.Abs(float64(got[0])-w) > 1e-5 {
				t.Errorf("mode %v: the terms are %v, want %v", mode, tr.terms, want)
			}
		}
	}
}
