package norm

import "github.com/gorgonae/gorgonae/internal/f32"

// An activation that follows ChannelNorm is computed with it, sample by sample, while the sample is
// in the cache. Then the output of the norm itself is never stored: the backward pass computes it
// anew, which costs less than to write and to read it. The bits are those of the kernels one after
// another.

// An Activation is an elementwise function. Both functions may work in place.
type Activation struct {
	Forward   func(y, x []float32)
	Gradient  func(dx, dy, v []float32) // v is y, or x if FromInput
	FromInput bool
}

// after are the operands of the kernels that go through an activation.
type after struct {
	Activation
	y, sums []float32
}

// ChannelNormAfter is ChannelNorm, and then the activation.
func ChannelNormAfter(y, x, scale, offset, mean, variance []float32, epsilon float32, samples, pixels int, scratch []float32, a Activation) {
	n := channels(scale, x, samples, pixels, scratch)
	o := channelNormOperands(y, x, scale, offset, mean, variance, epsilon, pixels, scratch)
	o.after.Activation = a
	overImages.Run(samples, channelGrain(pixels, n), o, channelNormAfter)
}

func channelNormAfter(x images, lo, hi int) {
	for s := lo; s < hi; s++ {
		channelNorm(x, s, s+1)
		y := x.part(x.y, s, s+1)
		x.after.Forward(y, y)
	}
}

// ChannelNormAfterSums goes back through the activation: it writes dz, the gradient of the output of
// ChannelNorm, from dy and y, and dscale and doffset as ChannelNormSums does from dz. y is not read
// if the gradient of the activation comes from its input.
func ChannelNormAfterSums(dz, dscale, doffset, dy, y, x, scale, offset, mean, variance []float32, epsilon float32, samples, pixels int, scratch []float32, a Activation) {
	n := channels(scale, x, samples, pixels, scratch)
	f32.SameLengths(dscale, doffset, scale)
	f32.SameLength(dy, x)
	if !a.FromInput {
		f32.SameLength(y, x)
	}
	o := channelNormOperands(dz, x, scale, offset, mean, variance, epsilon, pixels, scratch[2*samples*n:])
	o.dy, o.after = dy, after{a, y, scratch[:2*samples*n]}
	overImages.Run(samples, channelGrain(pixels, n), o, channelNormAfterSums)
	channelNormTotals(dscale, doffset, o.after.sums, variance, epsilon, samples)
}

func channelNormAfterSums(x images, lo, hi int) {
	for s := lo; s < hi; s++ {
		dz, v := x.part(x.y, s, s+1), x.part(x.after.y, s, s+1)
		if x.after.FromInput {
			channelNorm(x, s, s+1)
			v = dz
		}
		x.after.Gradient(dz, x.part(x.dy, s, s+1), v)
		channelNormSums(images{y: x.after.sums, x: x.x, dy: x.y, constants: x.constants, pixels: x.pixels, n: x.n}, s, s+1)
	}
}
