package norm

import (
	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// images are the operands of the kernels over channels. The assembly reads them where
// TestOperandsLayout says.
type images struct {
	y         []float32 // the result: images, or the sums of each sample
	x, dy     []float32
	constants []float32 // n numbers for each constant of a channel
	pixels, n int       // of a sample, and the channels of a pixel
	after     after
}

var overImages pool.Range[images]

// sample returns the operands of one sample. y are sums.
func (x images) sample(s int) images {
	x.y, x.x, x.dy = x.y[s*x.n:][:x.n], x.part(x.x, s, s+1), x.part(x.dy, s, s+1)
	return x
}

// samples returns the operands of some samples, as one sample. y are images.
func (x images) samples(lo, hi int) images {
	x.y, x.x, x.dy = x.part(x.y, lo, hi), x.part(x.x, lo, hi), x.part(x.dy, lo, hi)
	x.pixels *= hi - lo
	return x
}

// part returns some samples of images, and nil for nil.
func (x *images) part(all []float32, lo, hi int) []float32 {
	if len(all) == 0 {
		return nil
	}
	return all[lo*x.pixels*x.n : hi*x.pixels*x.n]
}

// channels checks the arguments of a kernel. y has a number for each channel. It returns the number
// of channels.
func channels(y, x []float32, samples, pixels int, scratch []float32) int {
	n := len(y)
	if samples < 1 || pixels < 1 || n < 1 || len(scratch) < ChannelScratch(samples, n) {
		panic("norm: no channels, or too little scratch")
	}
	f32.CheckMatrix(x, samples*pixels, n)
	return n
}

// ChannelScratch is the length of scratch: two numbers for each sample and channel, and four for
// each channel. Scratch holds the sums of the samples and the constants of the channels.
func ChannelScratch(samples, channels int) int { return (2*samples + 4) * channels }

// channelGrain is how many samples one goroutine takes at a time.
func channelGrain(pixels, n int) int { return max(pool.Grain/(pixels*n), 1) }

// addTree adds up rows of n numbers in place, into the first row. The sum of the rows is the sum of
// the first half of them, rounded down, plus the sum of the others, each taken in the same way.
func addTree(x []float32, rows, n int) {
	if rows == 1 {
		return
	}
	half := rows / 2
	low, high := x[:half*n], x[half*n:rows*n]
	addTree(low, half, n)
	addTree(high, rows-half, n)
	elementwise.Add(low[:n], low[:n], high[:n])
}

// over writes y[i] = x[i] / float32(count).
func over(y, x []float32, count int) {
	for i := range y {
		y[i] = x[i] / float32(count)
	}
}

// ChannelMeans writes mean[c] = (sum of x[s,p,c]) / (samples*pixels). scratch has
// ChannelScratch(samples, n) numbers.
func ChannelMeans(mean, x []float32, samples, pixels int, scratch []float32) {
	n := channels(mean, x, samples, pixels, scratch)
	overImages.Run(samples, channelGrain(pixels, n), images{y: scratch, x: x, pixels: pixels, n: n}, channelSums)
	addTree(scratch, samples, n)
	over(mean, scratch, samples*pixels)
}

func channelSums(x images, lo, hi int) {
	for s := lo; s < hi; s++ {
		one := x.sample(s)
		reduce.ColumnSums(one.y, x.pixels, x.n, one.x)
	}
}

// ChannelVariances writes the biased variances, with d = x[s,p,c] - mean[c]:
//
//	variance[c] = (sum of d*d) / (samples*pixels)
//
// A term enters its sum by one fused multiply-add. scratch has ChannelScratch(samples, n) numbers.
func ChannelVariances(variance, x, mean []float32, samples, pixels int, scratch []float32) {
	n := channels(variance, x, samples, pixels, scratch)
	f32.SameLength(variance, mean)
	overImages.Run(samples, channelGrain(pixels, n), images{y: scratch, x: x, constants: mean, pixels: pixels, n: n}, channelSquares)
	addTree(scratch, samples, n)
	over(variance, scratch, samples*pixels)
}

func channelSquares(x images, lo, hi int) {
	n := x.n
	for s := lo; s < hi; s++ {
		x := x.sample(s)
		if vectorChannelSquares(&x, 0, n) {
			continue
		}
		sums, mean := x.y, x.constants[:len(x.y)]
		clear(sums)
		for a := x.x; len(a) > 0; a = a[n:] {
			for c, v := range a[:len(sums)] {
				d := v - mean[c]
				sums[c] = f32.FMA(d, d, sums[c])
			}
		}
	}
}

type scaleOperands struct {
	y, x, factor []float32
	pixels, n    int
}

var overScaled pool.Range[scaleOperands]

// ScaleChannels writes y[s,p,c] = x[s,p,c] * factor[s,c].
func ScaleChannels(y, x, factor []float32, samples, pixels, n int) {
	f32.CheckMatrix(x, samples*pixels, n)
	f32.CheckMatrix(factor, samples, n)
	f32.SameLength(y, x)
	if n > 0 && pixels > 0 {
		overScaled.Run(samples, channelGrain(pixels, n), scaleOperands{y, x, factor, pixels, n}, scaleChannels)
	}
}

func scaleChannels(x scaleOperands, lo, hi int) {
	pixels, n := x.pixels, x.n
	for s := lo; s < hi; s++ {
		factor := x.factor[s*n:][:n]
		for r := s * pixels; r < (s+1)*pixels; r++ {
			y := x.y[r*n:][:n]
			for c, v := range x.x[r*n:][:n] {
				y[c] = v * factor[c]
			}
		}
	}
}
