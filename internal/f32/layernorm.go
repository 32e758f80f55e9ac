package f32

import "math"

// The kernels of layer normalisation (Ba, Kiros and Hinton 2016) work on rows of n features. They compute in float64, with
// the sums of a row in the lanes of sum.go, the row being one block, however long:
//
//	mean = (sum of x)/n, inverse = 1/sqrt((sum of (x-mean)*(x-mean))/n + epsilon), h = (x-mean)*inverse

// rowStatistics returns the mean and the inverse of a row.
func rowStatistics(x []float32, epsilon float32) (mean, inverse float64) {
	var l lanes
	for i, v := range x {
		l[i&15] += float64(v)
	}
	mean = l.sum() / float64(len(x))
	l = lanes{}
	for i, v := range x {
		d := float64(v) - mean
		l[i&15] += float64(d * d)
	}
	return mean, 1 / math.Sqrt(l.sum()/float64(len(x))+float64(epsilon))
}

// LayerNorm writes y[r,i] = h*scale[i] + offset[i]. n must be at least 1.
func LayerNorm(y, x, scale, offset []float32, epsilon float32, rows, n int) {
	matrix(x, rows, n)
	same(y, x)
	matrix(scale, 1, n)
	same(scale, offset)
	parallelRange(rows, max(grain/n, 1), operands{y: y, a: x, b: scale, c: offset, s: scalars(epsilon), keys: channelKeys(rows, n)}, layerNorm)
}

func layerNorm(x operands, lo, hi int) {
	n := int(x.keys[1])
	for r := lo; r < hi; r++ {
		row, y, scale, offset := x.a[r*n:][:n], x.y[r*n:][:n], x.b[:n], x.c[:n]
		mean, inverse := rowStatistics(row, x.s[0])
		for i, v := range row {
			h := (float64(v) - mean) * inverse
			y[i] = float32(float64(h*float64(scale[i])) + float64(offset[i]))
		}
	}
}

// LayerNormGrad writes the gradient of the input, with g = dy[r,i]*scale[i] and the means of g and of g*h over the row:
//
//	dx[r,i] = inverse * (g - mean(g) - h*mean(g*h))
func LayerNormGrad(dx, dy, x, scale []float32, epsilon float32, rows, n int) {
	matrix(x, rows, n)
	same3(dx, dy, x)
	matrix(scale, 1, n)
	parallelRange(rows, max(grain/n, 1), operands{y: dx, a: dy, b: x, c: scale, s: scalars(epsilon), keys: channelKeys(rows, n)}, layerNormGrad)
}

func layerNormGrad(x operands, lo, hi int) {
	n := int(x.keys[1])
	for r := lo; r < hi; r++ {
		row, dx, dy, scale := x.b[r*n:][:n], x.y[r*n:][:n], x.a[r*n:][:n], x.c[:n]
		mean, inverse := rowStatistics(row, x.s[0])
		var sums, products lanes
		for i, v := range row {
			g := float64(float64(dy[i]) * float64(scale[i]))
			h := (float64(v) - mean) * inverse
			sums[i&15] += g
			products[i&15] += float64(g * h)
		}
		meanG, meanGH := sums.sum()/float64(n), products.sum()/float64(n)
		for i, v := range row {
			g := float64(float64(dy[i]) * float64(scale[i]))
			h := (float64(v) - mean) * inverse
			dx[i] = float32(inverse * (g - meanG - float64(h*meanGH)))
		}
	}
}

// LayerNormSums writes the gradients of scale and offset, with h rounded to float32:
//
//	dscale[i]  = sum of dy[r,i]*h
//	doffset[i] = sum of dy[r,i]
//
// over samples of so many rows each, along addTree as the sums of ChannelNormSums; a product enters by one fused
// multiply-add. scratch has room for ChannelScratch(samples, n) numbers.
func LayerNormSums(dscale, doffset, dy, x []float32, epsilon float32, samples, rows int, scratch []float32) {
	n := channels(dscale, x, samples, rows, scratch)
	same(dscale, doffset)
	same(dy, x)
	sums, products := scratch[:samples*n], scratch[samples*n:][:samples*n]
	grain := channelGrain(rows, n)
	parallelRange(samples, grain, operands{y: sums, a: dy, keys: channelKeys(rows, n)}, channelSums)
	parallelRange(samples, grain, operands{y: products, a: x, b: dy, s: scalars(epsilon), keys: channelKeys(rows, n)}, layerProducts)
	addTree(sums, samples, n)
	addTree(products, samples, n)
	copy(doffset, sums)
	copy(dscale, products)
}

func layerProducts(x operands, lo, hi int) {
	n := int(x.keys[1])
	for s := lo; s < hi; s++ {
		x := x.sample(s)
		clear(x.y)
		for r := 0; r < len(x.a); r += n {
			row, dy, sums := x.a[r:][:n], x.b[r:][:n], x.y[:n]
			mean, inverse := rowStatistics(row, x.s[0])
			for i, v := range row {
				sums[i] = fma32(dy[i], float32((float64(v)-mean)*inverse), sums[i])
			}
		}
	}
}
