package norm

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// The kernels of layer normalisation (Ba, Kiros and Hinton 2016) work on rows of n features. They
// compute in float64, with the sums of a row in the lanes of f32.Lanes:
//
//	mean    = (sum of x)/n
//	inverse = 1/sqrt((sum of (x-mean)*(x-mean))/n + epsilon)
//	h       = (x-mean)*inverse

// rowStatistics returns the mean and the inverse of a row.
func rowStatistics(x []float32, epsilon float32) (mean, inverse float64) {
	var l f32.Lanes
	for i, v := range x {
		l[i&15] += float64(v)
	}
	mean = l.Sum() / float64(len(x))
	l = f32.Lanes{}
	for i, v := range x {
		d := float64(v) - mean
		l[i&15] += float64(d * d)
	}
	return mean, 1 / math.Sqrt(l.Sum()/float64(len(x))+float64(epsilon))
}

// rows are the operands of the kernels over rows of n features.
type rows struct {
	y, x, dy      []float32
	scale, offset []float32
	n             int
	epsilon       float32
}

var overRows pool.Range[rows]

// LayerNorm writes y[r,i] = h*scale[i] + offset[i]. n must be at least 1.
func LayerNorm(y, x, scale, offset []float32, epsilon float32, count, n int) {
	f32.CheckMatrix(x, count, n)
	f32.SameLength(y, x)
	f32.CheckMatrix(scale, 1, n)
	f32.SameLength(scale, offset)
	overRows.Run(count, max(pool.Grain/n, 1), rows{y: y, x: x, scale: scale, offset: offset, n: n, epsilon: epsilon}, layerNorm)
}

func layerNorm(x rows, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		row, y, scale, offset := x.x[r*n:][:n], x.y[r*n:][:n], x.scale[:n], x.offset[:n]
		mean, inverse := rowStatistics(row, x.epsilon)
		for i, v := range row {
			h := (float64(v) - mean) * inverse
			y[i] = float32(float64(h*float64(scale[i])) + float64(offset[i]))
		}
	}
}

// LayerNormGrad writes the gradient of the input. With g = dy[r,i]*scale[i], and the means of g and
// of g*h over the row, it is
//
//	dx[r,i] = inverse * (g - mean(g) - h*mean(g*h))
func LayerNormGrad(dx, dy, x, scale []float32, epsilon float32, count, n int) {
	f32.CheckMatrix(x, count, n)
	f32.SameLengths(dx, dy, x)
	f32.CheckMatrix(scale, 1, n)
	overRows.Run(count, max(pool.Grain/n, 1), rows{y: dx, x: x, dy: dy, scale: scale, n: n, epsilon: epsilon}, layerNormGrad)
}

func layerNormGrad(x rows, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		row, dx, dy, scale := x.x[r*n:][:n], x.y[r*n:][:n], x.dy[r*n:][:n], x.scale[:n]
		mean, inverse := rowStatistics(row, x.epsilon)
		var sums, products f32.Lanes
		for i, v := range row {
			g := float64(float64(dy[i]) * float64(scale[i]))
			h := (float64(v) - mean) * inverse
			sums[i&15] += g
			products[i&15] += float64(g * h)
		}
		meanG, meanGH := sums.Sum()/float64(n), products.Sum()/float64(n)
		for i, v := range row {
			g := float64(float64(dy[i]) * float64(scale[i]))
			h := (float64(v) - mean) * inverse
			dx[i] = float32(inverse * (g - meanG - float64(h*meanGH)))
		}
	}
}

// layerSums are the operands of LayerNormSums for the gradient of scale.
type layerSums struct {
	images
	epsilon float32
}

var overLayerSums pool.Range[layerSums]

// LayerNormSums writes the gradients of scale and offset, with h rounded to float32:
//
//	dscale[i]  = sum of dy[r,i]*h
//	doffset[i] = sum of dy[r,i]
//
// The sums are over samples of so many rows each, along addTree, as those of ChannelNormSums. A
// product enters its sum by one fused multiply-add. scratch has ChannelScratch(samples, n) numbers.
func LayerNormSums(dscale, doffset, dy, x []float32, epsilon float32, samples, count int, scratch []float32) {
	n := channels(dscale, x, samples, count, scratch)
	f32.SameLength(dscale, doffset)
	f32.SameLength(dy, x)
	sums, products := scratch[:samples*n], scratch[samples*n:][:samples*n]
	grain := channelGrain(count, n)
	overImages.Run(samples, grain, images{y: sums, x: dy, pixels: count, n: n}, channelSums)
	overLayerSums.Run(samples, grain, layerSums{images{y: products, x: x, dy: dy, pixels: count, n: n}, epsilon}, layerProducts)
	addTree(sums, samples, n)
	addTree(products, samples, n)
	copy(doffset, sums)
	copy(dscale, products)
}

func layerProducts(x layerSums, lo, hi int) {
	n := x.n
	for s := lo; s < hi; s++ {
		one := x.sample(s)
		clear(one.y)
		for r := 0; r < len(one.x); r += n {
			row, dy, sums := one.x[r:][:n], one.dy[r:][:n], one.y[:n]
			mean, inverse := rowStatistics(row, x.epsilon)
			for i, v := range row {
				sums[i] = f32.FMA(dy[i], float32((float64(v)-mean)*inverse), sums[i])
			}
		}
	}
}
