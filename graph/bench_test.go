package graph_test

import (
	"context"
	"fmt"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

const rows = 256 // the tutorial's batch

func tutorial(b *testing.B) *graph.Model {
	b.Helper()
	ae, err := autoencoder.NewTutorial().Build(graph.Shape{1, 28, 28})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		b.Fatal(err)
	}
	return ae.Model
}

// compile builds a training graph with the mean squared error and all gradients, or the forward
// graph alone.
func compile(b *testing.B, m *graph.Model, mode graph.Mode, x, target []float32) *op.Program {
	b.Helper()
	in, out := append(op.Shape{rows}, m.In()...), append(op.Shape{rows}, m.Out()...)
	p, err := op.Compile(func(t *op.Tape) []*G.Node {
		builder := graph.NewBuilder(t, mode, rows).DrawFrom(1, new(uint64))
		y := m.Build(builder, t.Var("x", in, x, false))
		if mode != graph.Train {
			return []*G.Node{y}
		}
		loss := t.Do(op.SquaredError(out, 1/float32(out.Size())), y, t.Var("target", out, target, false))
		var leaves []*G.Node
		for _, w := range m.Weights() {
			leaves = append(leaves, builder.Leaf(w))
		}
		return append(t.Grad(loss, leaves...), loss)
	})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func run(b *testing.B, m *graph.Model, mode graph.Mode) {
	b.Helper()
	p := compile(b, m, mode, numbers(rows*m.In().Size(), 1), numbers(rows*m.Out().Size(), 2))
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// Building and compiling the training graph of the tutorial. A run does it for each batch size.
func BenchmarkCompile(b *testing.B) {
	m := tutorial(b)
	x := numbers(rows*784, 1)
	b.ReportAllocs()
	for b.Loop() {
		compile(b, m, graph.Train, x, x)
	}
}

func BenchmarkTutorial(b *testing.B) {
	m := tutorial(b)
	b.Run("forward", func(b *testing.B) { run(b, m, graph.Predict) })
	b.Run("training", func(b *testing.B) { run(b, m, graph.Train) })
	for _, n := range []int{1, rows, 10 * rows} {
		b.Run(fmt.Sprintf("predict%d", n), func(b *testing.B) {
			x := numbers(n*784, 1)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Predict(context.Background(), x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Single layers on 256 rows of 784 numbers. They follow a layer with a weight, so that there is a
// gradient to compute.
func BenchmarkLayers(b *testing.B) {
	for _, c := range []struct {
		name  string
		layer func(x *graph.Node) *graph.Node
	}{
		{"Offset", func(x *graph.Node) *graph.Node { return x }}, // the layer below all others
		{"Dense", func(x *graph.Node) *graph.Node { return graph.Dense("y", x, 300) }},
		{"LeakyReLU", func(x *graph.Node) *graph.Node { return graph.LeakyReLU("y", x, 0.3) }},
		{"ELU", func(x *graph.Node) *graph.Node { return graph.ELU("y", x, 1) }},
		{"SiLU", func(x *graph.Node) *graph.Node { return graph.SiLU("y", x) }},
		{"GELU", func(x *graph.Node) *graph.Node { return graph.GELU("y", x) }},
		{"Sigmoid", func(x *graph.Node) *graph.Node { return graph.Sigmoid("y", x) }},
		{"Tanh", func(x *graph.Node) *graph.Node { return graph.Tanh("y", x) }},
		{"Softplus", func(x *graph.Node) *graph.Node { return graph.Softplus("y", x) }},
		{"Dropout", func(x *graph.Node) *graph.Node { return graph.Dropout("y", x, 0.5) }},
		{"Concat", func(x *graph.Node) *graph.Node { return graph.Concat("y", x, x) }},
	} {
		for _, mode := range []graph.Mode{graph.Predict, graph.Train} {
			name := c.name + map[graph.Mode]string{graph.Predict: "/forward", graph.Train: "/training"}[mode]
			b.Run(name, func(b *testing.B) {
				x := graph.Input("x", 784)
				m := graph.New("m", x, c.layer(graph.Call("offset", offset{}, x)))
				if err := m.Init(1); err != nil {
					b.Fatal(err)
				}
				run(b, m, mode)
			})
		}
	}
}

// offset adds a weight for each number of each row, whose gradient costs nothing.
type offset struct{ scale }

func (offset) Weights(in ...graph.Shape) []graph.Spec {
	return []graph.Spec{{Name: "offset", Shape: graph.Shape{rows, in[0][0]}, Init: graph.Zeros}}
}

func (offset) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	return b.Do(op.Add(2, op.ShapeOf(in[0])), in[0], b.Weight("offset"))
}
