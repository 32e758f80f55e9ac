package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/internal/rate"
)

// A code layer stands between encoder and decoder of a learned codec. It rounds each latent z of a
// code to a multiple of a step from an offset, both learned for each latent:
//
//	q = (z - offset)/step, rounded to the closest integer, halves to even
//	output = q·step + offset
//
// It also adds a term "bits" to the loss: what the integers q of an example cost under the layer's
// prior, averaged over the batch. In training, the bits are those of (z - offset)/step plus uniform
// noise in [-1/2, 1/2), which is smooth, while the output is rounded and its gradient passes the
// rounding unchanged. In evaluation the bits are those of q. A latent costs at most 16 bits, because
// a coder gives each symbol a probability of 2^-16 or more. Prior has what a coder needs.

// BitsTerm is the name of the loss term that code layers add.
const BitsTerm = "bits"

// FactorizedCode is a code layer whose latents are independent. The prior of each is a mixture of
// logistic distributions, the same for all examples. Input and output: (latents). Weights: log_step
// and offset, both (latents); logit, mean and log_scale of the distributions, all (latents,
// logistics), with means and scales in steps.
func FactorizedCode(name string, x *Node, logistics int) *Node {
	return Call(name, factorizedCode{Logistics: logistics}, x)
}

// ConditionalCode is a code layer whose prior depends on the latents before: q[i] has a logistic
// distribution whose mean and scale are functions of q[0], ..., q[i-1]. Two masked dense layers
// compute them (Germain et al., "MADE: masked autoencoder for distribution estimation", 2015):
//
//	h = LeakyReLU(q·hidden_kernel + hidden_bias), with slope 0.1
//	(means, logarithms of scales) = h·output_kernel + output_bias
//
// Hidden unit k, of hidden units in all, uses the first 1 + k·(latents-1)/hidden latents, with the
// quotient rounded down. Mean and scale of latent i use the hidden units that see no more than the
// first i latents; these are the first units. All other weights are 0 and stay 0.
//
// Input and output: (latents). Weights: log_step and offset, both (latents); hidden_kernel (latents,
// hidden), hidden_bias (hidden), output_kernel (hidden, 2·latents), output_bias (2·latents).
func ConditionalCode(name string, x *Node, hidden int) *Node {
	return Call(name, conditionalCode{Hidden: hidden}, x)
}

// priorSlope is the slope of the prior's LeakyReLU.
const priorSlope = 0.1

// quantizer is the part that the code layers share.
type quantizer struct{}

// specs describes the quantiser of n latents. Steps begin as 1: an encoder quickly learns to give
// larger latents, while a step changes slowly.
func (quantizer) specs(n int) []Spec {
	return []Spec{{Name: "log_step", Shape: Shape{n}, Init: Zeros}, {Name: "offset", Shape: Shape{n}, Init: Zeros}}
}

// quantize returns the layer's output and the symbols, on which the rate depends.
func (quantizer) quantize(b *Builder, z *G.Node) (y, symbols *G.Node) {
	var noise *op.Noise
	if b.Mode == Train {
		n := b.Noise()
		noise = &n
	}
	out := b.DoAll(op.Quantize(b.Rows, op.ShapeOf(z)[1], noise), z, b.Weight("log_step"), b.Weight("offset"))
	return out[0], out[1]
}

type factorizedCode struct {
	quantizer
	Logistics int `json:"logistics"`
}

func (factorizedCode) Kind() string { return "FactorizedCode" }

func (l factorizedCode) Shape(in ...Shape) (Shape, error) {
	if l.Logistics < 1 || l.Logistics > rate.MaxLogistics {
		return nil, errors.Errorf("want 1 to %d logistic distributions, got %d", rate.MaxLogistics, l.Logistics)
	}
	return single(in, 1)
}

func (l factorizedCode) Weights(in ...Shape) []Spec {
	n := in[0][0]
	s := Shape{n, l.Logistics}
	return append(l.specs(n), Spec{Name: "logit", Shape: s, Init: Zeros}, Spec{Name: "mean", Shape: s, Init: InitFunc(spread)},
		Spec{Name: "log_scale", Shape: s, Init: Zeros})
}

// spread places the means of each mixture two steps apart.
func spread(w []float32, s Shape, _ func() float32) {
	k := s[1]
	for i := range w {
		w[i] = float32(2*(i%k) - (k - 1))
	}
}

func (l factorizedCode) Build(b *Builder, in ...*G.Node) *G.Node {
	y, symbols := l.quantize(b, in[0])
	if b.Mode != Predict {
		bits := op.MixtureBits(b.Rows, op.ShapeOf(y)[1], l.Logistics, 1/float32(b.Rows))
		b.AddLoss(BitsTerm, b.DoAll(bits, symbols, b.Weight("logit"), b.Weight("mean"), b.Weight("log_scale"))[0])
	}
	return y
}

type conditionalCode struct {
	quantizer
	Hidden int `json:"hidden"`
}

func (conditionalCode) Kind() string { return "ConditionalCode" }

func (l conditionalCode) Shape(in ...Shape) (Shape, error) {
	if l.Hidden < 1 {
		return nil, errors.Errorf("want 1 hidden unit or more, got %d", l.Hidden)
	}
	return single(in, 1)
}

// seen returns how many latents each hidden unit uses.
func (l conditionalCode) seen(latents int) []int {
	count := make([]int, l.Hidden)
	for k := range count {
		count[k] = 1 + k*(latents-1)/l.Hidden
	}
	return count
}

// used returns how many hidden units each output uses: the means, then the logarithms of the
// scales.
func (l conditionalCode) used(latents int) []int {
	count := make([]int, 2*latents)
	k := 0
	for i := range latents {
		for k < l.Hidden && k*(latents-1)/l.Hidden < i {
			k++
		}
		count[i], count[latents+i] = k, k
	}
	return count
}

func (l conditionalCode) Weights(in ...Shape) []Spec {
	n := in[0][0]
	return append(l.specs(n),
		Spec{Name: "hidden_kernel", Shape: Shape{n, l.Hidden}, Init: masked(func() []int { return l.seen(n) })},
		Spec{Name: "hidden_bias", Shape: Shape{l.Hidden}, Init: Zeros},
		Spec{Name: "output_kernel", Shape: Shape{l.Hidden, 2 * n}, Init: masked(func() []int { return l.used(n) })},
		Spec{Name: "output_bias", Shape: Shape{2 * n}, Init: Zeros})
}

// masked is Glorot's uniform initialiser with a mask: a column keeps as many of its first numbers as
// count says, and the others are 0.
func masked(count func() []int) Initializer {
	return InitFunc(func(w []float32, s Shape, uniform func() float32) {
		GlorotUniform.Fill(w, s, uniform)
		keep := count()
		for i := range w {
			if i/s[1] >= keep[i%s[1]] {
				w[i] = 0
			}
		}
	})
}

func (l conditionalCode) Build(b *Builder, in ...*G.Node) *G.Node {
	y, symbols := l.quantize(b, in[0])
	if b.Mode == Predict {
		return y
	}
	n, act := op.ShapeOf(y)[1], op.LeakyReLU(priorSlope)
	hiddenKernel := b.Do(op.Mask(n, l.seen(n)), b.Weight("hidden_kernel"))
	outputKernel := b.Do(op.Mask(l.Hidden, l.used(n)), b.Weight("output_kernel"))
	h := b.Do(op.Dense(b.Rows, n, l.Hidden, &act), symbols, hiddenKernel, b.Weight("hidden_bias")) // (rows, hidden)
	p := b.Do(op.Dense(b.Rows, l.Hidden, 2*n, nil), h, outputKernel, b.Weight("output_bias"))      // (rows, 2·latents)
	b.AddLoss(BitsTerm, b.DoAll(op.LogisticBits(b.Rows, n, 1/float32(b.Rows)), symbols, p)[0])
	return y
}
