package graph_test

import (
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// trainOnce returns the loss of a model on x and the gradients of its weights, with fusing or
// without.
func trainOnce(t *testing.T, m *graph.Model, x []float32, unfused bool) [][]float32 {
	t.Helper()
	rows, n := len(x)/m.In().Size(), 0
	step := uint64(3)
	p, err := op.Compile(func(tape *op.Tape) []*G.Node {
		b := graph.NewBuilder(tape, graph.Train, rows).DrawFrom(5, &step)
		b.Unfused = unfused
		y := m.Build(b, b.Examples("x", m.In(), x))
		target := tape.Var("target", op.ShapeOf(y), numbers(rows*m.Out().Size(), 9), false)
		loss := tape.Do(op.SquaredError(op.ShapeOf(y), 0.5), y, target)
		var leaves []*G.Node
		for _, w := range m.Weights() {
			if !w.Kept {
				leaves = append(leaves, b.Leaf(w))
			}
		}
		n = 2 + len(leaves)
		return append([]*G.Node{loss, y}, tape.Grad(loss, leaves...)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	var results [][]float32
	for i := range n {
		results = append(results, slices.Clone(p.Result(i)))
	}
	return results
}

// A norm fuses every activation but sigmoid, also those whose gradient needs the norm's output.
func TestFusingIntoNormChangesNoBit(t *testing.T) {
	for name, activate := range map[string]func(x *graph.Node) *graph.Node{
		"SiLU":      func(x *graph.Node) *graph.Node { return graph.SiLU("", x) },
		"GELU":      func(x *graph.Node) *graph.Node { return graph.GELU("", x) },
		"LeakyReLU": func(x *graph.Node) *graph.Node { return graph.LeakyReLU("", x, 0.3) },
		"Sigmoid":   func(x *graph.Node) *graph.Node { return graph.Sigmoid("", x) },
	} {
		x := graph.Input("x", 2, 6, 5)
		h := activate(graph.BatchNorm("", graph.Conv2D("", x, 3, 3, graph.Same, graph.NoBias)))
		m := graph.New("m", x, graph.Dense("", graph.Flatten("", activate(graph.BatchNorm("", h))), 4))
		if err := m.Init(1); err != nil {
			t.Fatal(err)
		}
		in := numbers(7*m.In().Size(), 3)
		fused, plain := trainOnce(t, m, in, false), trainOnce(t, m, in, true)
		for i := range fused {
			if !slices.Equal(fused[i], plain[i]) {
				t.Fatalf("%s: result %d differs", name, i)
			}
		}
	}
}

func TestFusingChangesNoBit(t *testing.T) {
	for seed := range uint64(40) {
		m := randomModel(t, seed, 2, true).model
		x := numbers(5*m.In().Size(), seed)
		fused, plain := trainOnce(t, m, x, false), trainOnce(t, m, x, true)
		for i := range fused {
			if !slices.Equal(fused[i], plain[i]) {
				t.Fatalf("seed %d: result %d differs", seed, i)
			}
		}
	}
}

// ops lists the ops in the model's graph, from the input to the output, along each op's first
// input.
func ops(t *testing.T, m *graph.Model) (names []string) {
	t.Helper()
	_, err := op.Compile(func(tape *op.Tape) []*G.Node {
		b := graph.NewBuilder(tape, graph.Predict, 1)
		y := m.Build(b, b.Examples("x", m.In(), make([]float32, m.In().Size())))
		for n, ok := y, true; ok; {
			var o op.Op
			var in []*G.Node
			if o, in, ok = tape.Source(n); ok {
				names = append([]string{o.Name}, names...)
				n = in[0]
			}
		}
		return []*G.Node{y}
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWhatIsFused(t *testing.T) {
	for _, c := range []struct {
		want  string
		build func(x *graph.Node) *graph.Node
	}{
		{"Dense(1,3,4)LeakyReLU[0.3]", func(x *graph.Node) *graph.Node { return graph.LeakyReLU("", graph.Dense("", x, 4), 0.3) }},
		{"Dense(1,3,4)Tanh Dense(1,4,2)ReLU", func(x *graph.Node) *graph.Node {
			return graph.ReLU("", graph.Dense("", graph.Tanh("", graph.Dense("", x, 4)), 2))
		}},
		{"Dense(1,3,4)ReLU Tanh(1, 4)", func(x *graph.Node) *graph.Node { // a layer fuses one activation
			return graph.Tanh("", graph.ReLU("", graph.Dense("", x, 4)))
		}},
		{"Dense(1,3,4) GELU(1, 4)", func(x *graph.Node) *graph.Node { return graph.GELU("", graph.Dense("", x, 4)) }},
		{"ChannelNorm(1, 3)[0.001]SiLU", func(x *graph.Node) *graph.Node { return graph.SiLU("", graph.BatchNorm("", x)) }},
		{"ChannelNorm(1, 3)[0.001] Sigmoid(1, 3)", func(x *graph.Node) *graph.Node { return graph.Sigmoid("", graph.BatchNorm("", x)) }},
		{"Dense(1,3,4) Sigmoid(1, 4)", func(x *graph.Node) *graph.Node { return graph.Sigmoid("", graph.Dense("", x, 4)) }},
		{"Dense(1,3,4) Add2(1, 4)", func(x *graph.Node) *graph.Node { // the activation is not its only user
			h := graph.Dense("", x, 4)
			return graph.Add("", h, graph.ReLU("", h))
		}},
	} {
		x := graph.Input("x", 3)
		m := graph.New("m", x, c.build(x))
		if err := m.Init(1); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(ops(t, m), " "); got != c.want {
			t.Errorf("built %s, want %s", got, c.want)
		}
	}
}
