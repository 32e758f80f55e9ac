package graph

import (
	"math"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// BatchNorm is y = (x - mean) / √(variance + epsilon) · scale + offset, for each feature of a
// vector or each channel of an image (Ioffe and Szegedy 2015). In training, mean and variance are
// those of the batch, over its examples and pixels; the variance is the biased one. In evaluation
// and prediction they are running averages, which each step of training moves:
//
//	average = momentum·average + (1-momentum)·batch
//
// After each epoch, train.Trainer sets them to the mean and the variance over examples of the
// training data. A batch in which each would be over a single number has no statistics: then the
// averages normalise it in training, too, and do not move.
//
// Options: Epsilon, Momentum, NoScale, NoOffset. Input and output: (features) or (channels, height,
// width). Weights, all of shape (features) or (channels): scale, one; offset, zero; mean, zero, and
// variance, one, which are kept and not trained.
func BatchNorm(name string, x *Node, options ...BatchNormOption) *Node {
	l := defaultBatchNorm
	for _, o := range options {
		o.setBatchNorm(&l)
	}
	return Call(name, l, x)
}

// LayerNorm is y = (x - mean) / √(variance + epsilon) · scale + offset, with the mean and the
// biased variance over the features of a vector, or over the channels of each pixel of an image
// (Ba, Kiros and Hinton 2016). Options: Epsilon, NoScale, NoOffset. Input and output: (features) or
// (channels, height, width). Weights, of shape (features) or (channels): scale, one; offset, zero.
func LayerNorm(name string, x *Node, options ...LayerNormOption) *Node {
	l := defaultLayerNorm
	for _, o := range options {
		o.setLayerNorm(&l)
	}
	return Call(name, l, x)
}

type (
	BatchNormOption interface{ setBatchNorm(*batchNorm) } // Epsilon, Momentum, NoScale or NoOffset
	LayerNormOption interface{ setLayerNorm(*layerNorm) } // Epsilon, NoScale or NoOffset
)

// NoScale leaves the scale of a norm at one, and NoOffset its offset at zero: they are kept and not
// trained. In Keras these are scale=False and center=False.
const (
	NoScale  normOption = "scale"
	NoOffset normOption = "offset"
)

type normOption string

func (o normOption) set(l *norm) {
	if o == NoScale {
		l.Scale = false
	} else {
		l.Offset = false
	}
}

func (o normOption) setBatchNorm(l *batchNorm) { o.set(&l.norm) }
func (o normOption) setLayerNorm(l *layerNorm) { o.set(&l.norm) }

// Epsilon is the number that a norm adds to the variance, so that it never divides by zero. The
// default is 0.001, as in Keras.
type Epsilon float32

// Momentum is the share of a BatchNorm's running averages that a step of training keeps, from 0 to
// less than 1. The default is 0.99, as in Keras.
type Momentum float64

func (e Epsilon) setBatchNorm(l *batchNorm)  { l.Epsilon = epsilon(e) }
func (e Epsilon) setLayerNorm(l *layerNorm)  { l.Epsilon = epsilon(e) }
func (m Momentum) setBatchNorm(l *batchNorm) { l.Momentum = momentum(m) }

// Files leave out the defaults of epsilon and momentum.
type (
	epsilon  float32
	momentum float64
)

const (
	defaultEpsilon  epsilon  = 1e-3
	defaultMomentum momentum = 0.99
)

var (
	defaultNorm      = norm{Epsilon: defaultEpsilon, Scale: true, Offset: true}
	defaultBatchNorm = batchNorm{norm: defaultNorm, Momentum: defaultMomentum}
	defaultLayerNorm = layerNorm{defaultNorm}
)

// IsZero tells encoding/json whether to leave the field out.
func (e epsilon) IsZero() bool { return e == defaultEpsilon }

// IsZero tells encoding/json whether to leave the field out.
func (m momentum) IsZero() bool { return m == defaultMomentum }

// norm is the part that both share.
type norm struct {
	Epsilon epsilon `json:"epsilon,omitzero"`
	Scale   present `json:"scale,omitzero"`
	Offset  present `json:"offset,omitzero"`
}

func (l norm) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 0)
	switch {
	case err != nil:
		return nil, err
	case len(s) != 1 && len(s) != 3:
		return nil, errors.Errorf("want features or images, got shape %v", s)
	case !(l.Epsilon > 0 && l.Epsilon <= math.MaxFloat32):
		return nil, errors.Errorf("want an epsilon above 0, got %v", l.Epsilon)
	}
	return s, nil
}

func (l norm) Weights(in ...Shape) []Spec {
	c := in[0][:1:1]
	return []Spec{{Name: "scale", Shape: c, Init: Ones, Kept: !bool(l.Scale)}, {Name: "offset", Shape: c, Init: Zeros, Kept: !bool(l.Offset)}}
}

type batchNorm struct {
	norm
	Momentum momentum `json:"momentum,omitzero"`
	act      *op.Act  // fused; nil for none
}

func (batchNorm) Kind() string { return "BatchNorm" }

func (l batchNorm) Shape(in ...Shape) (Shape, error) {
	if !(l.Momentum >= 0 && l.Momentum < 1) {
		return nil, errors.Errorf("want a momentum from 0 to less than 1, got %v", l.Momentum)
	}
	return l.norm.Shape(in...)
}

func (l batchNorm) Weights(in ...Shape) []Spec {
	c := in[0][:1:1]
	return append(l.norm.Weights(in...),
		Spec{Name: "mean", Shape: c, Init: Zeros, Kept: true}, Spec{Name: "variance", Shape: c, Init: Ones, Kept: true})
}

func (l batchNorm) Build(b *Builder, in ...*G.Node) *G.Node {
	x, s := in[0], op.ShapeOf(in[0])
	lone := s.Size() == s[len(s)-1] // one number in each channel
	if b.Mode == Train && lone {
		b.AddMoments("mean", "variance", nil, nil)
	}
	if b.Mode != Train || lone {
		return b.Do(op.ChannelNorm(s, float32(l.Epsilon), l.act), x, b.Weight("scale"), b.Weight("offset"), b.Weight("mean"), b.Weight("variance"))
	}
	y := b.DoAll(op.BatchNorm(s, float32(l.Epsilon), l.act), x, b.Weight("scale"), b.Weight("offset"))
	average := op.MovingAverage(op.ShapeOf(y[1]), float64(l.Momentum))
	b.Update("mean", b.Do(average, b.Latest("mean"), y[1]))
	b.Update("variance", b.Do(average, b.Latest("variance"), y[2]))
	b.AddMoments("mean", "variance", y[1], y[2])
	return y[0]
}

func (l batchNorm) Fuse(next Layer) Layer {
	if l.act = fusibleAny(l.act, next); l.act == nil {
		return nil
	}
	return l
}

type layerNorm struct{ norm }

func (layerNorm) Kind() string { return "LayerNorm" }

func (l layerNorm) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.LayerNorm(op.ShapeOf(in[0]), float32(l.Epsilon)), in[0], b.Weight("scale"), b.Weight("offset"))
}
