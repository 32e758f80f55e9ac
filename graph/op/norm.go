package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/norm"
)

// channels is the number of examples of shape s, of pixels in an example, and of channels in a
// pixel. A vector is one pixel, and its features are the channels.
func channels(s Shape) (samples, pixels, n int) {
	n = s[len(s)-1]
	return s[0], s.Size() / (s[0] * n), n
}

// channelScratch is the working memory of the kernels of norms.
func channelScratch(s Shape) []float32 {
	samples, _, n := channels(s)
	return make([]float32, norm.ChannelScratch(samples, n))
}

// BatchNorm is f((x - mean) / √(variance + epsilon) · scale + offset) in each channel, with the mean
// and the biased variance of the channel over the batch (Ioffe and Szegedy 2015). f is nil for none.
// Inputs: x of shape s, whose last axis is the channels; scale and offset, (channels). Outputs: s;
// mean and variance, (channels), which gradients take for constants.
func BatchNorm(s Shape, epsilon float32, f *Act) Op {
	samples, pixels, n := channels(s)
	scratch, c := channelScratch(s), Shape{n}
	return Op{
		Name: fmt.Sprintf("BatchNorm%v[%v]%s", s, epsilon, f.name()),
		In:   []Shape{s, c, c},
		Out:  s,
		More: []Shape{c, c},
		RunAll: func(y, x [][]float32) {
			norm.ChannelMeans(y[1], x[0], samples, pixels, scratch)
			norm.ChannelVariances(y[2], x[0], y[1], samples, pixels, scratch)
			channelNorm(s, epsilon, f, y[0], x[0], x[1], x[2], y[1], y[2], scratch)
		},
		GradAll: func(t *Tape, x, y, dy []*G.Node) []*G.Node {
			return channelNormGrads(t, s, epsilon, true, f, dy[0], y[0], x[0], x[1], x[2], y[1], y[2])
		},
		Constant: []int{1, 2},
	}
}

// ChannelNorm is BatchNorm with a given mean and variance, as it is used after training. f is nil for
// none. Inputs: x of shape s, whose last axis is the channels; scale, offset, mean and variance,
// (channels). Output: s. It has no gradient for mean and variance.
func ChannelNorm(s Shape, epsilon float32, f *Act) Op {
	scratch, c := channelScratch(s), Shape{s[len(s)-1]}
	return Op{
		Name: fmt.Sprintf("ChannelNorm%v[%v]%s", s, epsilon, f.name()),
		In:   []Shape{s, c, c, c, c},
		Out:  s,
		Run: func(y []float32, x [][]float32) {
			channelNorm(s, epsilon, f, y, x[0], x[1], x[2], x[3], x[4], scratch)
		},
		Grad: func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node {
			return append(channelNormGrads(t, s, epsilon, false, f, dy, y, x[0], x[1], x[2], x[3], x[4]), nil, nil)
		},
	}
}

// channelNorm computes y, with an activation if f is not nil.
func channelNorm(s Shape, epsilon float32, f *Act, y, x, scale, offset, mean, variance, scratch []float32) {
	samples, pixels, _ := channels(s)
	if f == nil {
		norm.ChannelNorm(y, x, scale, offset, mean, variance, epsilon, samples, pixels, scratch)
		return
	}
	norm.ChannelNormAfter(y, x, scale, offset, mean, variance, epsilon, samples, pixels, scratch, f.afterNorm())
}

// channelNormGrads writes the gradients of x, scale and offset. With batch, mean and variance are
// those of x, and the gradient of x goes through them.
func channelNormGrads(t *Tape, s Shape, epsilon float32, batch bool, f *Act, dy, y, x, scale, offset, mean, variance *G.Node) []*G.Node {
	if f != nil {
		in := []*G.Node{dy, x, scale, offset, mean, variance}
		if !f.FromInput {
			in = append(in, y)
		}
		return t.DoAll(channelNormActGrad(s, epsilon, batch, *f), in...)
	}
	samples, pixels, n := channels(s)
	scratch, c := channelScratch(s), Shape{n}
	sums := t.DoAll(Op{
		Name: fmt.Sprintf("ChannelNormGradSums%v[%v]", s, epsilon),
		In:   []Shape{s, s, c, c},
		Out:  c,
		More: []Shape{c},
		RunAll: func(d, x [][]float32) {
			norm.ChannelNormSums(d[0], d[1], x[0], x[1], x[2], x[3], epsilon, samples, pixels, scratch)
		},
	}, dy, x, mean, variance)
	dx := t.Do(Op{
		Name: fmt.Sprintf("ChannelNormGrad%v[%v,%t]", s, epsilon, batch),
		In:   []Shape{s, s, c, c, c, c, c},
		Out:  s,
		Run: func(dx []float32, x [][]float32) {
			norm.ChannelNormGrad(dx, x[0], x[1], x[2], x[3], x[4], x[5], x[6], epsilon, batch, samples, pixels, scratch)
		},
	}, dy, x, scale, mean, variance, sums[0], sums[1])
	return []*G.Node{dx, sums[0], sums[1]}
}

// channelNormActGrad goes back through an activation and the norm below it. The gradient between the
// two stays in the memory of dx. Inputs: dy, x, scale, offset, mean and variance, and y if the
// activation's gradient comes from its output. Outputs: the gradients of x, scale and offset.
func channelNormActGrad(s Shape, epsilon float32, batch bool, f Act) Op {
	samples, pixels, n := channels(s)
	scratch, c := channelScratch(s), Shape{n}
	o := Op{
		Name: fmt.Sprintf("ChannelNorm%sGrad%v[%v,%t]", f.Name, s, epsilon, batch),
		In:   []Shape{s, s, c, c, c, c},
		Out:  s,
		More: []Shape{c, c},
		RunAll: func(d, x [][]float32) {
			dy, in, scale, mean, variance := x[0], x[1], x[2], x[4], x[5]
			var y []float32
			if !f.FromInput {
				y = x[6]
			}
			norm.ChannelNormAfterSums(d[0], d[1], d[2], dy, y, in, scale, x[3], mean, variance, epsilon, samples, pixels, scratch, f.afterNorm())
			norm.ChannelNormGrad(d[0], d[0], in, scale, mean, variance, d[1], d[2], epsilon, batch, samples, pixels, scratch)
		},
	}
	if !f.FromInput {
		o.In = append(o.In, s)
	}
	return o
}

// LayerNorm is (x - mean) / √(variance + epsilon) · scale + offset. The mean and the biased
// variance are those of the last axis: the features of a vector, or the channels of a pixel (Ba,
// Kiros and Hinton 2016). Inputs: x of shape s; scale and offset, (channels). Output: s.
func LayerNorm(s Shape, epsilon float32) Op {
	samples, pixels, n := channels(s)
	rows, scratch, c := samples*pixels, channelScratch(s), Shape{n}
	return Op{
		Name: fmt.Sprintf("LayerNorm%v[%v]", s, epsilon),
		In:   []Shape{s, c, c},
		Out:  s,
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			sums := t.DoAll(Op{
				Name: fmt.Sprintf("LayerNormGradSums%v[%v]", s, epsilon),
				In:   []Shape{s, s},
				Out:  c,
				More: []Shape{c},
				RunAll: func(d, x [][]float32) {
					norm.LayerNormSums(d[0], d[1], x[0], x[1], epsilon, samples, pixels, scratch)
				},
			}, dy, x[0])
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("LayerNormGrad%v[%v]", s, epsilon),
				In:   []Shape{s, s, c},
				Out:  s, Shared: []int{2},
			}.byRows(rows, func(rows int, dx []float32, x [][]float32) {
				norm.LayerNormGrad(dx, x[0], x[1], x[2], epsilon, rows, n)
			}), dy, x[0], x[1]), sums[0], sums[1]}
		},
		Shared: []int{1, 2},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) { norm.LayerNorm(y, x[0], x[1], x[2], epsilon, rows, n) })
}

// MovingAverage is momentum·x + (1-momentum)·new. Inputs: x and new, both of shape s. Output: s.
func MovingAverage(s Shape, momentum float64) Op {
	keep, take := float32(momentum), float32(1-momentum)
	o := like(fmt.Sprintf("MovingAverage[%v]", momentum), 2, s)
	o.Run = func(y []float32, x [][]float32) {
		for i, v := range x[0] {
			y[i] = float32(keep*v) + float32(take*x[1][i])
		}
	}
	return o
}
