package graph_test

import (
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// A shape has the channels first, memory has them last: in data, in nodes and in a model within a
// model. Nothing is moved.
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
		return b.Do(op.Add(2, op.ShapeOf(x)), x, b.Var("ramp", op.ShapeOf(x), weights[:b.Rows*s.Size()], false))
	}}
	x := graph.Input("x", s...)
	inner := graph.New("inner", x, graph.Call("look", look, x))
	y := graph.Input("y", s...)
	m := graph.New("m", y, inner.Apply(inner.Apply(y)))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	got := predict(t, m, make([]float32, 2*s.Size()))
	for i, v := range got {
		if v != float32(2*i) {
			t.Fatalf("a ramp over pixels of 2 channels, twice, is %v", got)
		}
	}
	for _, s := range shapes {
		if !s.Equal(op.Shape{2, 2, 3, 2}) {
			t.Errorf("the layer was given %v, want (2, 2, 3, 2)", s)
		}
	}
	for _, name := range ops(t, inner) {
		if strings.HasPrefix(name, "Trans") || strings.HasPrefix(name, "Reshape") {
			t.Errorf("the graph has %s", name)
		}
	}
	for _, c := range []struct {
		s    graph.Shape
		want op.Shape
	}{
		{graph.Shape{7}, op.Shape{4, 7}},
		{graph.Shape{7, 5}, op.Shape{4, 7, 5}},
		{graph.Shape{7, 5, 3}, op.Shape{4, 5, 3, 7}},
		{graph.Shape{7, 5, 3, 2}, op.Shape{4, 7, 5, 3, 2}},
	} {
		if got := graph.NodeShape(4, c.s); !got.Equal(c.want) {
			t.Errorf("4 values of shape %v have a node of shape %v, want %v", c.s, got, c.want)
		}
	}
}

// With one channel or one pixel nothing is moved: a reshape is another name for the same memory.
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

// view is a layer that views an example as a vector.
type view struct{ Size int }

func (view) Kind() string                                   { return "test.View" }
func (view) Weights(...graph.Shape) []graph.Spec            { return nil }
func (l view) Shape(...graph.Shape) (graph.Shape, error)    { return graph.Shape{l.Size}, nil }
func (l view) Build(b *graph.Builder, x ...*G.Node) *G.Node { return b.View(x[0], graph.Shape{l.Size}) }

// The layers Flatten and Reshape keep the logical order, channel by channel; View keeps the memory
// order.
func TestOrdersOfAnImage(t *testing.T) {
	s := graph.Shape{3, 2, 2} // pixel by pixel in memory, so that number i is channel i%3 of pixel i/3
	memory := []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	logical := []float32{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}
	image, flat := graph.Input("x", s...), graph.Input("x", 12)
	for name, c := range map[string]struct {
		m        *graph.Model
		in, want []float32
	}{
		"Flatten": {graph.New("m", image, graph.Flatten("", image)), memory, logical},
		"Reshape": {graph.New("m", flat, graph.Reshape("", flat, s...)), logical, memory},
	} {
		if err := c.m.Init(1); err != nil {
			t.Fatal(err)
		}
		if got := predict(t, c.m, c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v became %v, want %v", name, c.in, got, c.want)
		}
	}
	x := graph.Input("x", s...)
	m := graph.New("m", x, graph.Call("view", view{Size: 12}, x))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	if got := predict(t, m, memory); !slices.Equal(got, memory) {
		t.Errorf("a view of %v is %v", memory, got)
	}
	x = graph.Input("x", s...)
	m = graph.New("m", x, graph.Call("view", view{Size: 11}, x))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	_, err := m.Predict(t.Context(), memory)
	wantError(t, err, "want a view of 12 elements, got shape (1, 11) of 11")
}

func TestChannelsFirstAndLast(t *testing.T) {
	s := graph.Shape{3, 1, 2}
	memory := []float32{0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15}
	logical := []float32{0, 3, 1, 4, 2, 5, 10, 13, 11, 14, 12, 15}
	if got := graph.ChannelsFirst(memory, s); !slices.Equal(got, logical) {
		t.Errorf("channels first it is %v, want %v", got, logical)
	}
	if got := graph.ChannelsLast(logical, s); !slices.Equal(got, memory) {
		t.Errorf("channels last it is %v, want %v", got, memory)
	}
	for _, s := range []graph.Shape{{12}, {1, 3, 4}, {6, 1, 1}, {2, 3}} {
		if got := graph.ChannelsFirst(memory, s); !slices.Equal(got, memory) || &got[0] == &memory[0] {
			t.Errorf("shape %v: it is %v, want a copy", s, got)
		}
	}
}
