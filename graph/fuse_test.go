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

// predictOnce is the output of a model in a graph that predicts, with fusing or without.
func predictOnce(t *testing.T, m *graph.Model, x []float32, unfused bool) []float32 {
	t.Helper()
	rows := len(x) / m.In().Size()
	p, err := op.Compile(func(tape *op.Tape) []*G.Node {
		b := graph.NewBuilder(tape, graph.Predict, rows)
		b.Unfused = unfused
		return []*G.Node{m.Build(b, b.Examples("x", m.In(), x))}
	})
	if err == nil {
		err = p.Run()
	}
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(p.Result(0))
}

// Where no gradient goes back, a convolution computes the batch norm and the activation that follow.
func TestFusingNormIntoConvolutionChangesNoBit(t *testing.T) {
	for name, activate := range map[string]func(x *graph.Node) *graph.Node{
		"none":      func(x *graph.Node) *graph.Node { return x },
		"SiLU":      func(x *graph.Node) *graph.Node { return graph.SiLU("", x) },
		"Tanh":      func(x *graph.Node) *graph.Node { return graph.Tanh("", x) },
		"LeakyReLU": func(x *graph.Node) *graph.Node { return graph.LeakyReLU("", x, 0.3) },
		"Sigmoid":   func(x *graph.Node) *graph.Node { return graph.Sigmoid("", x) },
	} {
		x := graph.Input("x", 2, 30, 9)
		h := activate(graph.BatchNorm("", graph.Conv2D("", x, 20, 3, graph.Same, graph.NoBias, graph.Stride(2))))
		h = activate(graph.BatchNorm("", graph.Conv2D("", h, 6, 3, graph.Groups(2))))
		h = activate(graph.BatchNorm("", graph.ReLU("", graph.Conv2D("", h, 3, 2))))
		h = activate(graph.BatchNorm("", graph.ConvTranspose2D("", h, 17, 3, graph.Stride(2)), graph.Epsilon(0.1)))
		m := graph.New("m", x, graph.BatchNorm("", graph.ConvTranspose2D("", h, 2, 3, graph.Same)))
		if err := m.Init(1); err != nil {
			t.Fatal(err)
		}
		for i, w := range m.Weights() {
			for j, v := range numbers(len(w.Data), uint64(i)) {
				w.Data[j] = v
				if w.Local == "variance" {
					w.Data[j] = v*v + 0.5
				}
			}
		}
		in := numbers(7*m.In().Size(), 3)
		want := predictOnce(t, m, in, true)
		if got := predictOnce(t, m, in, false); !slices.Equal(got, want) {
			t.Errorf("%s: a fused graph predicts other bits than one whose layers are apart", name)
		}
		if got := predict(t, m, in); !slices.Equal(got[len(got)/7*3:][:len(got)/7*4], want[len(got)/7*3:][:len(got)/7*4]) {
			t.Errorf("%s: Predict gives other bits than a graph whose layers are apart", name)
		}
	}
}

// A graph that predicts may be differentiated by its input, as for refining a code: then the norm has
// a gradient and stays apart.
func TestNormBelowAGradientIsNotFused(t *testing.T) {
	x := graph.Input("x", 2, 6, 5)
	m := graph.New("m", x, graph.SiLU("", graph.BatchNorm("", graph.Conv2D("", x, 3, 3))))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	in := numbers(3*m.In().Size(), 3)
	var gradients [2][]float32
	for i := range gradients {
		p, err := op.Compile(func(tape *op.Tape) []*G.Node {
			b := graph.NewBuilder(tape, graph.Predict, 3)
			b.Unfused = i == 1
			from := tape.Var("x", graph.NodeShape(3, m.In()), in, true)
			y := m.Build(b, from)
			return tape.Grad(tape.Do(op.SquaredNorm(op.ShapeOf(y), 1), y), from)
		})
		if err == nil {
			err = p.Run()
		}
		if err != nil {
			t.Fatal(err)
		}
		gradients[i] = slices.Clone(p.Result(0))
	}
	if !slices.Equal(gradients[0], gradients[1]) || !slices.ContainsFunc(gradients[0], func(v float32) bool { return v != 0 }) {
		t.Error("the gradient of the input differs with fusing, or is 0")
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

func TestNormIsFusedIntoConvolution(t *testing.T) {
	x := graph.Input("x", 2, 6, 5)
	m := graph.New("m", x, graph.SiLU("", graph.BatchNorm("", graph.Conv2D("", x, 3, 3))))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	if got := ops(t, m); len(got) != 1 || !strings.HasSuffix(got[0], "ChannelNorm[0.001]SiLU") {
		t.Errorf("built %q, want one op that ends with ChannelNorm[0.001]SiLU", got)
	}
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
