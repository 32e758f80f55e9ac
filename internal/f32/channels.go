package f32

import "math"

// The kernels of batch normalisation (Ioffe and Szegedy 2015). x is samples of pixels of channels; the features of a
// vector are the channels of one pixel. Statistics are over samples and pixels. A sum over them is, for each sample, the
// sum over its pixels in order, starting from 0, and then that of the samples along the tree of addTree. scratch has room
// for them, or for the constants of the channels: ChannelScratch numbers.

// ChannelScratch is the length of scratch: two numbers for each sample and channel, at least four for each channel.
func ChannelScratch(samples, channels int) int { return max(2*samples, 4) * channels }

// addTree adds up rows of n numbers in place, into the first row: the sum of rows rows is that of the first rows/2,
// rounded down, plus that of the others, each taken likewise.
func addTree(x []float32, rows, n int) {
	if rows == 1 {
		return
	}
	half := rows / 2
	low, high := x[:half*n], x[half*n:rows*n]
	addTree(low, half, n)
	addTree(high, rows-half, n)
	add(operands{y: low, a: low, b: high}, 0, n)
}

// channels checks the arguments, which stand in x with the length of the channels in y, and returns that length.
func channels(y, x []float32, samples, pixels int, scratch []float32) int {
	n := len(y)
	if samples < 1 || pixels < 1 || n < 1 || len(scratch) < ChannelScratch(samples, n) {
		panic("f32: channels of nothing, or too little scratch")
	}
	matrix(x, samples*pixels, n)
	return n
}

func channelGrain(pixels, n int) int { return max(grain/(pixels*n), 1) }

// channelKeys are the rows and columns of one sample, or of all.
func channelKeys(pixels, n int) [2]uint64 { return [2]uint64{uint64(pixels), uint64(n)} }

// sample is the operands of one sample for the kernels over columns; sums stands in y.
func (x operands) sample(s int) operands {
	pixels, n := int(x.keys[0]), int(x.keys[1])
	part := func(all []float32) []float32 {
		if len(all) == 0 {
			return nil
		}
		return all[s*pixels*n:][:pixels*n]
	}
	x.y, x.a, x.b = x.y[s*n:][:n], part(x.a), part(x.b)
	return x
}

// ChannelMeans writes mean[c] = (sum of x[s,p,c]) / (samples*pixels).
func ChannelMeans(mean, x []float32, samples, pixels int, scratch []float32) {
	n := channels(mean, x, samples, pixels, scratch)
	parallelRange(samples, channelGrain(pixels, n), operands{y: scratch, a: x, keys: channelKeys(pixels, n)}, channelSums)
	addTree(scratch, samples, n)
	over(mean, scratch, samples*pixels)
}

// over writes y[i] = x[i] / float32(count).
func over(y, x []float32, count int) {
	for i := range y {
		y[i] = x[i] / float32(count)
	}
}

func channelSums(x operands, lo, hi int) {
	for s := lo; s < hi; s++ {
		columnSums(x.sample(s), 0, int(x.keys[1]))
	}
}

// ChannelVariances writes the biased variances, with d = x[s,p,c] - mean[c]:
//
//	variance[c] = (sum of d*d) / (samples*pixels)
//
// where a term enters its sum by one fused multiply-add.
func ChannelVariances(variance, x, mean []float32, samples, pixels int, scratch []float32) {
	n := channels(variance, x, samples, pixels, scratch)
	same(variance, mean)
	parallelRange(samples, channelGrain(pixels, n), operands{y: scratch, a: x, c: mean, keys: channelKeys(pixels, n)}, channelSquares)
	addTree(scratch, samples, n)
	over(variance, scratch, samples*pixels)
}

func channelSquares(x operands, lo, hi int) {
	n := int(x.keys[1])
	for s := lo; s < hi; s++ {
		x := x.sample(s)
		if vector(kernelChannelSquares, &x, 0, n) {
			continue
		}
		sums, mean := x.y, x.c[:len(x.y)]
		clear(sums)
		for a := x.a; len(a) > 0; a = a[n:] {
			for c, v := range a[:len(sums)] {
				d := v - mean[c]
				sums[c] = fma32(d, d, sums[c])
			}
		}
	}
}

// inverse returns 1 over the standard deviation.
func inverse(variance, epsilon float32) float32 {
	return 1 / float32(math.Sqrt(float64(variance+epsilon)))
}

// ChannelNorm writes, with gain = scale[c] * (1/sqrt(variance[c]+epsilon)),
//
//	y = (x - mean[c])*gain + offset[c]
func ChannelNorm(y, x, scale, offset, mean, variance []float32, epsilon float32, samples, pixels int, scratch []float32) {
	n := channels(scale, x, samples, pixels, scratch)
	same(y, x)
	same3(scale, offset, mean)
	same(scale, variance)
	constants := scratch[:3*n]
	for c := range n {
		constants[c], constants[n+c], constants[2*n+c] = mean[c], scale[c]*inverse(variance[c], epsilon), offset[c]
	}
	parallelRange(samples, channelGrain(pixels, n), operands{y: y, a: x, c: constants, keys: channelKeys(pixels, n)}, channelNorm)
}

func channelNorm(x operands, lo, hi int) {
	pixels, n := int(x.keys[0]), int(x.keys[1])
	x.y, x.a = x.y[lo*pixels*n:hi*pixels*n], x.a[lo*pixels*n:hi*pixels*n]
	x.keys[0] = uint64((hi - lo) * pixels)
	if vector(kernelChannelNorm, &x, 0, n) {
		return
	}
	mean, gain, offset := x.c[:n], x.c[n:][:n], x.c[2*n:][:n]
	for r := 0; r < len(x.y); r += n {
		y := x.y[r:][:n]
		for c, v := range x.a[r:][:n] {
			y[c] = float32((v-mean[c])*gain[c]) + offset[c]
		}
	}
}

// ChannelNormSums writes the gradients of scale and offset, with inverse = 1/sqrt(variance[c]+epsilon):
//
//	dscale[c]  = (sum of dy*(x - mean[c])) * inverse
//	doffset[c] = sum of dy
//
// where a product enters its sum by one fused multiply-add.
func ChannelNormSums(dscale, doffset, dy, x, mean, variance []float32, epsilon float32, samples, pixels int, scratch []float32) {
	n := channels(dscale, x, samples, pixels, scratch)
	same(dy, x)
	same3(dscale, doffset, mean)
	same(dscale, variance)
	all := scratch[:2*samples*n]
	parallelRange(samples, channelGrain(pixels, n), operands{y: all, a: x, b: dy, c: mean, keys: channelKeys(pixels, n)}, channelNormSums)
	sums, products := all[:samples*n], all[samples*n:]
	addTree(sums, samples, n)
	addTree(products, samples, n)
	copy(doffset, sums)
	for c := range dscale {
		dscale[c] = products[c] * inverse(variance[c], epsilon)
	}
}

// channelNormSums computes both sums of a sample, which is then still close to the processor for the second.
func channelNormSums(x operands, lo, hi int) {
	half := len(x.y) / 2
	sums, products := x, x
	sums.y, sums.a, products.y = x.y[:half], x.b, x.y[half:]
	for s := lo; s < hi; s++ {
		channelSums(sums, s, s+1)
		channelProducts(products, s, s+1)
	}
}

func channelProducts(x operands, lo, hi int) {
	n := int(x.keys[1])
	for s := lo; s < hi; s++ {
		x := x.sample(s)
		if vector(kernelChannelProducts, &x, 0, n) {
			continue
		}
		sums, mean := x.y, x.c[:len(x.y)]
		clear(sums)
		for r := 0; r < len(x.a); r += n {
			dy := x.b[r:][:len(sums)]
			for c, v := range x.a[r:][:len(sums)] {
				sums[c] = fma32(dy[c], v-mean[c], sums[c])
			}
		}
	}
}

// ChannelNormGrad writes the gradient of the input. Where mean and variance are those of x itself, which is what batch
// says, they follow it, and with the results of ChannelNormSums, N = samples*pixels, inverse and gain as above
//
//	dx = gain * ((dy - doffset[c]/N) - (x - mean[c])*((dscale[c]*inverse)/N))
//
// Otherwise the two quotients are 0.
func ChannelNormGrad(dx, dy, x, scale, mean, variance, dscale, doffset []float32, epsilon float32, batch bool, samples, pixels int, scratch []float32) {
	n := channels(scale, x, samples, pixels, scratch)
	same3(dx, dy, x)
	same3(scale, mean, variance)
	same3(scale, dscale, doffset)
	constants, count := scratch[:4*n], float32(samples*pixels)
	clear(constants)
	for c := range n {
		inv := inverse(variance[c], epsilon)
		constants[c], constants[n+c] = mean[c], scale[c]*inv
		if batch {
			constants[2*n+c], constants[3*n+c] = doffset[c]/count, dscale[c]*inv/count
		}
	}
	parallelRange(samples, channelGrain(pixels, n), operands{y: dx, a: dy, b: x, c: constants, keys: channelKeys(pixels, n)}, channelNormGrad)
}

func channelNormGrad(x operands, lo, hi int) {
	pixels, n := int(x.keys[0]), int(x.keys[1])
	lo, hi = lo*pixels*n, hi*pixels*n
	x.y, x.a, x.b = x.y[lo:hi], x.a[lo:hi], x.b[lo:hi]
	x.keys[0] = uint64((hi - lo) / n)
	if vector(kernelChannelNormGrad, &x, 0, n) {
		return
	}
	mean, gain, shift, slope := x.c[:n], x.c[n:][:n], x.c[2*n:][:n], x.c[3*n:][:n]
	for r := 0; r < len(x.y); r += n {
		dx, dy := x.y[r:][:n], x.a[r:][:n]
		for c, v := range x.b[r:][:n] {
			dx[c] = gain[c] * ((dy[c] - shift[c]) - float32((v-mean[c])*slope[c]))
		}
	}
}

// ScaleChannels writes y[s,p,c] = x[s,p,c] * factor[s,c].
func ScaleChannels(y, x, factor []float32, samples, pixels, n int) {
	matrix(x, samples*pixels, n)
	matrix(factor, samples, n)
	same(y, x)
	if n > 0 && pixels > 0 {
		parallelRange(samples, channelGrain(pixels, n), operands{y: y, a: x, b: factor, keys: channelKeys(pixels, n)}, scaleChannels)
	}
}

func scaleChannels(x operands, lo, hi int) {
	pixels, n := int(x.keys[0]), int(x.keys[1])
	for s := lo; s < hi; s++ {
		factor := x.b[s*n:][:n]
		for r := s * pixels; r < (s+1)*pixels; r++ {
			y := x.y[r*n:][:n]
			for c, v := range x.a[r*n:][:n] {
				y[c] = v * factor[c]
			}
		}
	}
}
