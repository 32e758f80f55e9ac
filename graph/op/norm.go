package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// channels are the samples of shape s, the pixels of each and the channels of a pixel: the features of a vector are the
// channels of one pixel.
func channels(s Shape) (samples, pixels, n int) {
	n = s[len(s)-1]
	return s[0], s.Size() / (s[0] * n), n
}

func channelScratch(s Shape) []float32 {
	samples, _, n := channels(s)
	return make([]float32, f32.ChannelScratch(samples, n))
}

// ChannelMeans is the mean of each channel over a batch. Gradients take it for a constant; see BatchNorm. Input: s, whose
// last axis is the channels. Output: (channels).
func ChannelMeans(s Shape) Op {
	samples, pixels, n := channels(s)
	scratch := channelScratch(s)
	return Op{
		Name:  fmt.Sprintf("ChannelMeans%v", s),
		In:    []Shape{s},
		Out:   Shape{n},
		Run:   func(y []float32, x [][]float32) { f32.ChannelMeans(y, x[0], samples, pixels, scratch) },
		still: true,
	}
}

// ChannelVariances is the biased variance of each channel over a batch. Gradients take it for a constant. Inputs: s, and
// the means (channels). Output: (channels).
func ChannelVariances(s Shape) Op {
	samples, pixels, n := channels(s)
	scratch := channelScratch(s)
	return Op{
		Name:  fmt.Sprintf("ChannelVariances%v", s),
		In:    []Shape{s, {n}},
		Out:   Shape{n},
		Run:   func(y []float32, x [][]float32) { f32.ChannelVariances(y, x[0], x[1], samples, pixels, scratch) },
		still: true,
	}
}

// BatchNorm is (x - mean) / √(variance + epsilon) · scale + offset in each channel (Ioffe and Szegedy 2015). With batch,
// mean and variance are those of x as ChannelMeans and ChannelVariances compute them, and the gradient of x is that of
// the whole; without, they are constants. Inputs: s, whose last axis is the channels; scale, offset, mean and variance,
// of (channels). Output: s.
func BatchNorm(s Shape, epsilon float32, batch bool) Op {
	samples, pixels, n := channels(s)
	scratch, c := channelScratch(s), Shape{n}
	return Op{
		Name: fmt.Sprintf("BatchNorm%v[%v,%t]", s, epsilon, batch),
		In:   []Shape{s, c, c, c, c},
		Out:  s,
		Run: func(y []float32, x [][]float32) {
			f32.ChannelNorm(y, x[0], x[1], x[2], x[3], x[4], epsilon, samples, pixels, scratch)
		},
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			in, scale, mean, variance := x[0], x[1], x[3], x[4]
			dscale, doffset := normSums(t, fmt.Sprintf("BatchNorm%v", s), []Shape{s, s, c, c}, func(dscale, doffset []float32, x [][]float32) {
				f32.ChannelNormSums(dscale, doffset, x[0], x[1], x[2], x[3], epsilon, samples, pixels, scratch)
			}, dy, in, mean, variance)
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("BatchNormGrad%v[%v,%t]", s, epsilon, batch),
				In:   []Shape{s, s, c, c, c, c, c},
				Out:  s,
				Run: func(dx []float32, x [][]float32) {
					f32.ChannelNormGrad(dx, x[0], x[1], x[2], x[3], x[4], x[5], x[6], epsilon, batch, samples, pixels, scratch)
				},
			}, dy, in, scale, mean, variance, dscale, doffset), dscale, doffset, nil, nil}
		},
	}
}

// normSums computes the gradients of a norm's scale and offset in one pass: the first op fills what the second, which waits
// for it, returns.
func normSums(t *Tape, name string, in []Shape, run func(dscale, doffset []float32, x [][]float32), x ...*G.Node) (dscale, doffset *G.Node) {
	n := in[0][len(in[0])-1]
	sums := make([]float32, n)
	dscale = t.Do(Op{
		Name: name + "GradScale",
		In:   in,
		Out:  Shape{n},
		Run:  func(dscale []float32, x [][]float32) { run(dscale, sums, x) },
	}, x...)
	return dscale, t.filled(name+"GradOffset", Shape{n}, sums, dscale)
}

// LayerNorm is (x - mean) / √(variance + epsilon) · scale + offset with the mean and the biased variance over the last
// axis: the features of a vector, the channels of a pixel (Ba, Kiros and Hinton 2016). Inputs: s; scale and offset, of
// that axis. Output: s.
func LayerNorm(s Shape, epsilon float32) Op {
	samples, pixels, n := channels(s)
	rows, scratch, c := samples*pixels, channelScratch(s), Shape{n}
	return Op{
		Name: fmt.Sprintf("LayerNorm%v[%v]", s, epsilon),
		In:   []Shape{s, c, c},
		Out:  s,
		Run:  func(y []float32, x [][]float32) { f32.LayerNorm(y, x[0], x[1], x[2], epsilon, rows, n) },
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			dscale, doffset := normSums(t, fmt.Sprintf("LayerNorm%v", s), []Shape{s, s}, func(dscale, doffset []float32, x [][]float32) {
				f32.LayerNormSums(dscale, doffset, x[0], x[1], epsilon, samples, pixels, scratch)
			}, dy, x[0])
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("LayerNormGrad%v[%v]", s, epsilon),
				In:   []Shape{s, s, c},
				Out:  s,
				Run:  func(dx []float32, x [][]float32) { f32.LayerNormGrad(dx, x[0], x[1], x[2], epsilon, rows, n) },
			}, dy, x[0], x[1]), dscale, doffset}
		},
	}
}

// MovingAverage is momentum·x + (1-momentum)·new. Inputs: x and new, of s. Output: s.
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
