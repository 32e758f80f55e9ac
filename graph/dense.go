package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Dense is the fully connected layer y = x·kernel + bias. Input: (in). Output: (units). Weights: kernel (in, units),
// Glorot-uniform; bias (units), zero.
func Dense(name string, x *Node, units int) *Node { return Call(name, dense{Units: units}, x) }

type dense struct {
	Units int `json:"units"`

	act *op.Act // of the layer that Fuse took in
}

func (dense) Kind() string { return "Dense" }

func (l dense) Shape(in ...Shape) (Shape, error) {
	if _, err := single(in, 1); err != nil {
		return nil, err
	}
	if l.Units <= 0 {
		return nil, errors.Errorf("%d units, want at least 1", l.Units)
	}
	return Shape{l.Units}, nil
}

func (l dense) Weights(in ...Shape) []Spec {
	return []Spec{
		{Name: "kernel", Shape: Shape{in[0][0], l.Units}, Init: GlorotUniform},
		{Name: "bias", Shape: Shape{l.Units}, Init: Zeros},
	}
}

func (l dense) Fuse(next Layer) Layer {
	if l.act = fusible(l.act, next); l.act == nil {
		return nil
	}
	return l
}

func (l dense) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.Dense(b.Rows, op.ShapeOf(in[0])[1], l.Units, l.act), in[0], b.Weight("kernel"), b.Weight("bias"))
}
