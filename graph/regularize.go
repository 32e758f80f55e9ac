package graph

import (
	"math"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Dropout sets elements to zero in training, each with probability p, and divides the others by
// 1-p. Otherwise it does nothing (Srivastava et al. 2014). 0 <= p < 1.
func Dropout(name string, x *Node, p float32) *Node { return Call(name, dropout{P: p}, x) }

// ActivityL2 adds a term to the loss, under its own name: lambda times the squared length of its
// input, averaged over the batch. It returns its input. On a code it keeps the latent space
// compact.
func ActivityL2(name string, x *Node, lambda float32) *Node {
	return Call(name, activityL2{Lambda: lambda}, x)
}

type dropout struct {
	elementwise
	P float32 `json:"p"`
}

func (dropout) Kind() string { return "Dropout" }

func (l dropout) Shape(in ...Shape) (Shape, error) {
	if !(l.P >= 0 && l.P < 1) {
		return nil, errors.Errorf("want to drop a share of 0 or more and less than 1, got a share of %v", l.P)
	}
	return single(in, 0)
}

func (l dropout) Build(b *Builder, in ...*G.Node) *G.Node {
	if b.Mode != Train || l.P == 0 {
		return in[0]
	}
	return b.Do(op.Dropout(l.P, b.Noise(), op.ShapeOf(in[0])), in[0])
}

type activityL2 struct {
	elementwise
	Lambda float32 `json:"lambda"`
}

func (activityL2) Kind() string { return "ActivityL2" }

func (l activityL2) Shape(in ...Shape) (Shape, error) {
	if !(l.Lambda >= 0 && l.Lambda <= math.MaxFloat32) {
		return nil, errors.Errorf("want a lambda of 0 or more, got %v", l.Lambda)
	}
	return single(in, 0)
}

func (l activityL2) Build(b *Builder, in ...*G.Node) *G.Node {
	if b.Mode != Predict {
		b.AddLoss(b.Name(), b.Do(op.SquaredNorm(op.ShapeOf(in[0]), l.Lambda/float32(b.Rows)), in[0]))
	}
	return in[0]
}
