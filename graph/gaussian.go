package graph

import (
	"math"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// GaussianSample draws from a normal distribution for each example: the latent layer of a
// variational autoencoder (Kingma and Welling, "Auto-encoding variational Bayes", 2014). Its input
// is the means of n independent numbers, then the logarithms of their variances. It adds a term to
// the loss, under its own name: weight times the Kullback-Leibler divergence of the distribution
// from the standard normal one, averaged over the batch, in nats:
//
//	Σ -(1 + logvar - mean² - exp(logvar))/2
//
// The divergence is for a whole example. Beside a loss that is averaged over the numbers of an
// example, weight should be divided by their number: otherwise the divergence outweighs the loss, and
// all codes become the same. In training and evaluation it draws; in prediction it returns the means. Input: (2n). Output:
// (n).
func GaussianSample(name string, x *Node, weight float32) *Node {
	return Call(name, gaussianSample{Weight: weight}, x)
}

type gaussianSample struct {
	Weight float32 `json:"weight"`
}

func (gaussianSample) Kind() string            { return "GaussianSample" }
func (gaussianSample) Weights(...Shape) []Spec { return nil }

func (l gaussianSample) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 1)
	switch {
	case err != nil:
		return nil, err
	case s[0]%2 != 0:
		return nil, errors.Errorf("want as many means as logarithms of variances, got %d numbers", s[0])
	case !(l.Weight >= 0 && l.Weight <= math.MaxFloat32):
		return nil, errors.Errorf("want a weight of 0 or more, got %v", l.Weight)
	}
	return Shape{s[0] / 2}, nil
}

func (l gaussianSample) Build(b *Builder, in ...*G.Node) *G.Node {
	n := op.ShapeOf(in[0])[1] / 2
	if b.Mode == Predict {
		return b.Do(op.Mean(b.Rows, n), in[0])
	}
	b.AddLoss(b.Name(), b.Do(op.Divergence(b.Rows, n, l.Weight/float32(b.Rows)), in[0]))
	return b.Do(op.Sample(b.Rows, n, b.Noise()), in[0])
}
