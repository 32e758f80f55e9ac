package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Keras's settings, for both norms.
const (
	normEpsilon  = 1e-3
	normMomentum = 0.99
)

// BatchNorm is y = (x - mean) / √(variance + 0.001) · scale + offset, for each feature of a vector or each channel of an
// image (Ioffe and Szegedy 2015). In training, mean and variance are those of the batch and its pixels, the variance
// divided by their number; otherwise they are running averages, which each step of training brings nearer to those of its
// batch: average = 0.99·average + 0.01·batch. Input and output: (features) or (channels, height, width). Weights: scale,
// one, and offset, zero; kept, mean, zero, and variance, one: all of (features) or (channels).
func BatchNorm(name string, x *Node) *Node { return Call(name, batchNorm{}, x) }

// LayerNorm is y = (x - mean) / √(variance + 0.001) · scale + offset with mean and variance over the features of a vector
// or over the channels at each pixel of an image (Ba, Kiros and Hinton 2016). Input and output: (features) or (channels,
// height, width). Weights: scale, one, and offset, zero, of (features) or (channels).
func LayerNorm(name string, x *Node) *Node { return Call(name, layerNorm{}, x) }

// norm is what both share.
type norm struct{}

func (norm) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 0)
	if err == nil && len(s) != 1 && len(s) != 3 {
		err = errors.Errorf("takes features or images, got shape %v", s)
	}
	return s, err
}

func (norm) Weights(in ...Shape) []Spec {
	c := in[0][:1:1]
	return []Spec{{Name: "scale", Shape: c, Init: Ones}, {Name: "offset", Shape: c, Init: Zeros}}
}

type batchNorm struct{ norm }

func (batchNorm) Kind() string { return "BatchNorm" }

func (l batchNorm) Weights(in ...Shape) []Spec {
	c := in[0][:1:1]
	return append(l.norm.Weights(in...),
		Spec{Name: "mean", Shape: c, Init: Zeros, Kept: true}, Spec{Name: "variance", Shape: c, Init: Ones, Kept: true})
}

func (batchNorm) Build(b *Builder, in ...*G.Node) *G.Node {
	x, s := in[0], op.ShapeOf(in[0])
	if b.Mode != Train {
		return b.Do(op.ChannelNorm(s, normEpsilon), x, b.Weight("scale"), b.Weight("offset"), b.Weight("mean"), b.Weight("variance"))
	}
	y := b.DoAll(op.BatchNorm(s, normEpsilon), x, b.Weight("scale"), b.Weight("offset"))
	average := op.MovingAverage(op.ShapeOf(y[1]), normMomentum)
	b.Update("mean", b.Do(average, b.Latest("mean"), y[1]))
	b.Update("variance", b.Do(average, b.Latest("variance"), y[2]))
	return y[0]
}

type layerNorm struct{ norm }

func (layerNorm) Kind() string { return "LayerNorm" }

func (layerNorm) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.LayerNorm(op.ShapeOf(in[0]), normEpsilon), in[0], b.Weight("scale"), b.Weight("offset"))
}
