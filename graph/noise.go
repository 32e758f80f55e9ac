package graph

import (
	"math"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// SpatialDropout sets whole channels to zero in training, each with probability p, and divides the
// others by 1-p. Otherwise it does nothing (Tompson et al. 2015). 0 <= p < 1. Input and output:
// (channels, height, width).
func SpatialDropout(name string, x *Node, p float32) *Node {
	return Call(name, spatialDropout{dropout{P: p}}, x)
}

// GaussianNoise adds normal noise of mean 0 and this standard deviation to each element in
// training. Otherwise it does nothing. On the input it makes a denoising autoencoder.
func GaussianNoise(name string, x *Node, stddev float32) *Node {
	return Call(name, gaussianNoise{Stddev: stddev}, x)
}

type spatialDropout struct{ dropout }

func (spatialDropout) Kind() string { return "SpatialDropout" }

func (l spatialDropout) Shape(in ...Shape) (Shape, error) {
	if _, err := single(in, 3); err != nil {
		return nil, err
	}
	return l.dropout.Shape(in...)
}

func (l spatialDropout) Build(b *Builder, in ...*G.Node) *G.Node {
	if b.Mode != Train || l.P == 0 {
		return in[0]
	}
	return b.Do(op.SpatialDropout(l.P, b.Noise(), op.ShapeOf(in[0])), in[0])
}

type gaussianNoise struct {
	elementwise
	Stddev float32 `json:"stddev"`
}

func (gaussianNoise) Kind() string { return "GaussianNoise" }

func (l gaussianNoise) Shape(in ...Shape) (Shape, error) {
	if !(l.Stddev >= 0 && l.Stddev <= math.MaxFloat32) {
		return nil, errors.Errorf("want a standard deviation of 0 or more, got %v", l.Stddev)
	}
	return single(in, 0)
}

func (l gaussianNoise) Build(b *Builder, in ...*G.Node) *G.Node {
	if b.Mode != Train || l.Stddev == 0 {
		return in[0]
	}
	return b.Do(op.GaussianNoise(l.Stddev, b.Noise(), op.ShapeOf(in[0])), in[0])
}
