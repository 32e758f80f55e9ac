package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Softmax is y_i = exp(x_i) / Σ_j exp(x_j): positive features whose sum is 1. Input and output:
// (features).
func Softmax(name string, x *Node) *Node { return Call(name, softmax{}, x) }

type softmax struct{}

func (softmax) Kind() string                     { return "Softmax" }
func (softmax) Shape(in ...Shape) (Shape, error) { return single(in, 1) }
func (softmax) Weights(...Shape) []Spec          { return nil }

func (softmax) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.Softmax(b.Rows, op.ShapeOf(in[0])[1]), in[0])
}
