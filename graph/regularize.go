package graph

import (
	"math"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Dropout sets, in training, a share p of the elements to zero and divides the others by 1-p; otherwise it does
// nothing (Srivastava et al. 2014). 0 <= p < 1.
func Dropout(name string, x *Node, p float32) *Node { return Call(name, dropout{P: p}, x) }

// ActivityL2 adds lambda times the squared length of its input, averaged over the batch, to the loss, under its own
// name, and passes the input on. On a code it keeps the latent space compact.
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
		return nil, errors.Errorf("drops a share of %v, want 0 or more and less than 1", l.P)
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
		return nil, errors.Errorf("lambda %v, want a number not below 0", l.Lambda)
	}
	return single(in, 0)
}

func (l activityL2) Build(b *Builder, in ...*G.Node) *G.Node {
	if b.Mode != Predict {
		b.AddLoss(b.Name(), b.Do(op.SquaredNorm(op.ShapeOf(in[0]), l.Lambda/float32(b.Rows)), in[0]))
	}
	return in[0]
}
