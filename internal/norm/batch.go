package norm

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// The kernels of batch normalisation (Ioffe and Szegedy 2015). x holds samples of pixels of n
// channels. The features of a vector are the channels of one pixel; the statistics are over samples
// and pixels.

// ChannelNorm writes, with gain = scale[c] * (1/sqrt(variance[c]+epsilon)),
//
//	y = (x - mean[c])*gain + offset[c]
//
// scratch has ChannelScratch(samples, n) numbers.
func ChannelNorm(y, x, scale, offset, mean, variance []float32, epsilon float32, samples, pixels int, scratch []float32) {
	n := channels(scale, x, samples, pixels, scratch)
	overImages.Run(samples, channelGrain(pixels, n), channelNormOperands(y, x, scale, offset, mean, variance, epsilon, pixels, scratch), channelNorm)
}

// channelNormOperands writes the constants of ChannelNorm, three for each channel, into scratch.
func channelNormOperands(y, x, scale, offset, mean, variance []float32, epsilon float32, pixels int, scratch []float32) images {
	n := len(scale)
	f32.SameLength(y, x)
	constants := scratch[:3*n]
	channelNormConstants(constants, scale, offset, mean, variance, epsilon)
	return images{y: y, x: x, constants: constants, pixels: pixels, n: n}
}

func channelNormConstants(constants, scale, offset, mean, variance []float32, epsilon float32) {
	n := len(scale)
	f32.SameLengths(scale, offset, mean)
	f32.SameLength(scale, variance)
	for c := range n {
		constants[c], constants[n+c], constants[2*n+c] = mean[c], scale[c]*inverse(variance[c], epsilon), offset[c]
	}
}

// inverse returns 1 over the standard deviation.
func inverse(variance, epsilon float32) float32 {
	return 1 / float32(math.Sqrt(float64(variance+epsilon)))
}

func channelNorm(x images, lo, hi int) {
	x = x.samples(lo, hi)
	n := x.n
	if vectorChannelNorm(&x, 0, n) {
		return
	}
	mean, gain, offset := x.constants[:n], x.constants[n:][:n], x.constants[2*n:][:n]
	for r := 0; r < len(x.y); r += n {
		y := x.y[r:][:n]
		for c, v := range x.x[r:][:n] {
			y[c] = float32((v-mean[c])*gain[c]) + offset[c]
		}
	}
}

// ChannelNormSums writes the gradients of scale and offset, with inverse =
// 1/sqrt(variance[c]+epsilon):
//
//	dscale[c]  = (sum of dy*(x - mean[c])) * inverse
//	doffset[c] = sum of dy
//
// A product enters its sum by one fused multiply-add. scratch has ChannelScratch(samples, n)
// numbers.
func ChannelNormSums(dscale, doffset, dy, x, mean, variance []float32, epsilon float32, samples, pixels int, scratch []float32) {
	n := channels(dscale, x, samples, pixels, scratch)
	f32.SameLength(dy, x)
	f32.SameLengths(dscale, doffset, mean)
	f32.SameLength(dscale, variance)
	all := scratch[:2*samples*n]
	overImages.Run(samples, channelGrain(pixels, n), images{y: all, x: x, dy: dy, constants: mean, pixels: pixels, n: n}, channelNormSums)
	channelNormTotals(dscale, doffset, all, variance, epsilon, samples)
}

// channelNormTotals adds up the sums of the samples and then their products, which it overwrites.
func channelNormTotals(dscale, doffset, all, variance []float32, epsilon float32, samples int) {
	n := len(dscale)
	sums, products := all[:samples*n], all[samples*n:]
	addTree(sums, samples, n)
	addTree(products, samples, n)
	copy(doffset, sums)
	for c := range dscale {
		dscale[c] = products[c] * inverse(variance[c], epsilon)
	}
}

// channelNormSums computes both sums of a sample, so that the sample is still in the cache for the
// second.
func channelNormSums(x images, lo, hi int) {
	half := len(x.y) / 2
	sums, products := x, x
	sums.y, sums.x, products.y = x.y[:half], x.dy, x.y[half:]
	for s := lo; s < hi; s++ {
		channelSums(sums, s, s+1)
		channelProducts(products, s, s+1)
	}
}

func channelProducts(x images, lo, hi int) {
	n := x.n
	for s := lo; s < hi; s++ {
		x := x.sample(s)
		if vectorChannelProducts(&x, 0, n) {
			continue
		}
		sums, mean := x.y, x.constants[:len(x.y)]
		clear(sums)
		for r := 0; r < len(x.x); r += n {
			dy := x.dy[r:][:len(sums)]
			for c, v := range x.x[r:][:len(sums)] {
				sums[c] = f32.FMA(dy[c], v-mean[c], sums[c])
			}
		}
	}
}

// ChannelNormGrad writes the gradient of the input. With batch, mean and variance are those of x
// itself and follow it. Then, with the results of ChannelNormSums, N = samples*pixels, and inverse
// and gain as above,
//
//	dx = gain * ((dy - doffset[c]/N) - (x - mean[c])*((dscale[c]*inverse)/N))
//
// Without batch, mean and variance are constants, and the two quotients are 0. scratch has
// ChannelScratch(samples, n) numbers.
func ChannelNormGrad(dx, dy, x, scale, mean, variance, dscale, doffset []float32, epsilon float32, batch bool, samples, pixels int, scratch []float32) {
	n := channels(scale, x, samples, pixels, scratch)
	f32.SameLengths(dx, dy, x)
	f32.SameLengths(scale, mean, variance)
	f32.SameLengths(scale, dscale, doffset)
	constants, count := scratch[:4*n], float32(samples*pixels)
	clear(constants)
	for c := range n {
		inv := inverse(variance[c], epsilon)
		constants[c], constants[n+c] = mean[c], scale[c]*inv
		if batch {
			constants[2*n+c], constants[3*n+c] = doffset[c]/count, dscale[c]*inv/count
		}
	}
	overImages.Run(samples, channelGrain(pixels, n), images{y: dx, x: x, dy: dy, constants: constants, pixels: pixels, n: n}, channelNormGrad)
}

func channelNormGrad(x images, lo, hi int) {
	x = x.samples(lo, hi)
	n := x.n
	if vectorChannelNormGrad(&x, 0, n) {
		return
	}
	mean, gain := x.constants[:n], x.constants[n:][:n]
	shift, slope := x.constants[2*n:][:n], x.constants[3*n:][:n]
	for r := 0; r < len(x.y); r += n {
		dx, dy := x.y[r:][:n], x.dy[r:][:n]
		for c, v := range x.x[r:][:n] {
			dx[c] = gain[c] * ((dy[c] - shift[c]) - float32((v-mean[c])*slope[c]))
		}
	}
}
