package graph_test

import (
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// Users see images channels-first, layers are given them channels-last, and a model within a model changes nothing.
func TestLayout(t *testing.T) {
	s := graph.Shape{2, 2, 3}
	var shapes []op.Shape
	weights := make([]float32, 2*s.Size())
	for i := range weights {
		weights[i] = float32(i)
	}
	look := odd{Output: func(b *graph.Builder, x *G.Node) *G.Node {
		shapes = append(shapes, op.ShapeOf(x))
		if !b.In(0).Equal(s) {
			t.Errorf("the layer's input is %v, want %v", b.In(0), s)
		}
		return b.Do(op.Add(2, op.ShapeOf(x)), x, b.Var("ramp", op.ShapeOf(x), weights, false))
	}}
	x := graph.Input("x", s...)
	inner := graph.New("inner", x, graph.Call("look", look, x))
	y := graph.Input("y", s...)
	m := graph.New("m", y, inner.Apply(inner.Apply(y)))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	got := predict(t, m, make([]float32, 2*s.Size()))
	want := []float32{0, 4, 8, 12, 16, 20, 2, 6, 10, 14, 18, 22, 24, 28, 32, 36, 40, 44, 26, 30, 34, 38, 42, 46}
	if !slices.Equal(got, want) {
		t.Errorf("a ramp over pixels of 2 channels, twice, is %v, want %v", got, want)
	}
	for _, s := range shapes {
		if !s.Equal(op.Shape{2, 2, 3, 2}) {
			t.Errorf("the layer was given %v, want (2, 2, 3, 2)", s)
		}
	}
	for _, c := range []struct{ s, want graph.Shape }{
		{graph.Shape{7}, graph.Shape{4, 7}},
		{graph.Shape{7, 5}, graph.Shape{4, 7, 5}},
		{graph.Shape{7, 5, 3}, graph.Shape{4, 5, 3, 7}},
		{graph.Shape{7, 5, 3, 2}, graph.Shape{4, 7, 5, 3, 2}},
	} {
		if got := graph.NodeShape(4, c.s); !got.Equal(c.want) {
			t.Errorf("4 values of shape %v have a node of shape %v, want %v", c.s, got, c.want)
		}
	}
}

// Where channels or pixels are one, nothing is moved, and a reshape is a second name for the same memory.
func TestFreeReshapes(t *testing.T) {
	x := graph.Input("x", 12)
	h := graph.Reshape("", x, 1, 3, 4)
	h = graph.Reshape("", graph.ReLU("", h), 12, 1, 1)
	m := graph.New("m", x, graph.Flatten("", graph.ReLU("", h)))
	for _, name := range ops(t, m) {
		if name[:5] == "Trans" {
			t.Errorf("an image of one channel or pixel needs %s", name)
		}
	}
	in := numbers(24, 1)
	relu := slices.Clone(in)
	for i, v := range in {
		relu[i] = max(v, 0)
	}
	if got := predict(t, m, in); !slices.Equal(got, relu) {
		t.Errorf("it predicts %v, want %v", got, relu)
	}
}
