// Package multiply shows how a program writes its own layer and its own operation, outside of
// package graph.
package multiply

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// Multiply returns the product of two nodes of one shape, element by element. It is a gate if one
// of the nodes is a Sigmoid.
func Multiply(name string, a, b *graph.Node) *graph.Node { return graph.Call(name, Layer{}, a, b) }

// Layer is the layer that Multiply calls. A program that reads models with this layer must first
// call graph.Register[multiply.Layer]().
type Layer struct{}

func (Layer) Kind() string                        { return "Multiply" }
func (Layer) Weights(...graph.Shape) []graph.Spec { return nil }

func (Layer) Shape(in ...graph.Shape) (graph.Shape, error) {
	if len(in) != 2 || !in[0].Equal(in[1]) {
		return nil, fmt.Errorf("want two inputs of one shape, got %v", in)
	}
	return in[0], nil
}

func (Layer) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	return b.Do(product(op.ShapeOf(in[0])), in...)
}

// product is the operation y = x0·x1. Its gradients dx0 = dy·x1 and dx1 = dy·x0 are products too.
func product(s op.Shape) op.Op {
	return op.Op{
		Name: fmt.Sprint("Product", s), In: []op.Shape{s, s}, Out: s,
		Run: func(y []float32, x [][]float32) {
			for i, v := range x[0] {
				y[i] = v * x[1][i]
			}
		},
		Grad: func(t *op.Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(product(s), dy, x[1]), t.Do(product(s), dy, x[0])}
		},
	}
}

// Check compares the operation and its gradient with the formula in float64, on random numbers.
func Check() error {
	return op.Check(product(op.Shape{3, 4}), func(y []float64, x [][]float64) {
		for i, v := range x[0] {
			y[i] = v * x[1][i]
		}
	}, 1)
}
