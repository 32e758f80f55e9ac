package graph_test

import (
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

func pixelModel(t *testing.T, net graph.PixelNet, shape ...int) *graph.Model {
	t.Helper()
	x := graph.Input("x", shape...)
	m := graph.New("pixels", x, graph.PixelCode("code", x, net))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	return m
}

// A PixelCode passes images on, adds their bits to the loss, and fits images of other sizes.
func TestPixelCode(t *testing.T) {
	net := graph.PixelNet{Embedding: 2, Palette: 2, Ink: []int{3}, Value: []int{4}}
	m := pixelModel(t, net, 1, 6, 5)
	x := numbers(3*30, 1)
	y, err := m.Predict(t.Context(), x)
	if err != nil || !slices.Equal(x, y) {
		t.Errorf("the images are changed (%v)", err)
	}
	wide, err := m.Resize(1, 6, 10)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(wide.Weights()); got != 2+2*(2+2) {
		t.Errorf("there are %d weights", got)
	}
	e, err := train.Evaluate(t.Context(), m, examples{x, 30}, train.MSE().Sum(), 2)
	if err != nil || len(e.Terms) != 1 || e.Terms[0].Name != graph.BitsTerm || e.Loss != e.Terms[0].Value || !(e.Loss > 0) {
		t.Errorf("the loss is %v (%v)", e, err)
	}
}

func TestPixelCodeRefuses(t *testing.T) {
	good := graph.PixelNet{Embedding: 1, Palette: 1}
	for _, c := range []struct {
		net   graph.PixelNet
		shape []int
	}{
		{good, []int{30}}, {good, []int{65, 2, 2}}, {graph.PixelNet{Palette: 1}, []int{1, 2, 2}}, {graph.PixelNet{Embedding: 1}, []int{1, 2, 2}},
		{graph.PixelNet{Embedding: 65, Palette: 1}, []int{1, 2, 2}}, {graph.PixelNet{Embedding: 1, Palette: 1, Ink: []int{0}}, []int{1, 2, 2}},
		{graph.PixelNet{Embedding: 1, Palette: 1, Value: []int{1025}}, []int{1, 2, 2}},
		{graph.PixelNet{Embedding: 1, Palette: 1, Value: make([]int, 9)}, []int{1, 2, 2}},
	} {
		x := graph.Input("x", c.shape...)
		if err := graph.New("pixels", x, graph.PixelCode("code", x, c.net)).Err(); err == nil {
			t.Errorf("%+v for shape %v was accepted", c.net, c.shape)
		}
	}
}

// examples are examples of so many numbers each.
type examples struct {
	x    []float32
	size int
}

func (e examples) Len() int            { return len(e.x) / e.size }
func (e examples) Shape() (x, y []int) { return []int{e.size}, nil }

func (e examples) Example(_, i int, x, _ []float32) error {
	copy(x, e.x[i*e.size:])
	return nil
}
