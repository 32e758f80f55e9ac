package f32

import "sync/atomic"

// A sum over all elements is taken in float64 along one fixed tree, so that neither vector width nor thread count shows
// in the result. The elements are cut into blocks of 4096. Within a block, sixteen lanes start at 0 and element i is
// added to lane i mod 16, in order; then lane j+8 is added to lane j, j+4 to j, j+2 to j and 1 to 0. The sums of the
// blocks are added in order, starting from 0. Blocks are what threads may share out.

const block = 4096

type lanes [16]float64

func (l *lanes) sum() float64 {
	for half := len(l) / 2; half > 0; half /= 2 {
		for j := range half {
			l[j] += l[j+half]
		}
	}
	return l[0]
}

// partials are the sums of the blocks that are shared out at once; long sums take several rounds.
type partials [256]float64

// sparePartials is kept from call to call, since a new one would be allocated for each.
var sparePartials atomic.Pointer[partials]

// sumBlocks adds up the sums that f writes for the blocks of x.a: x.sums[i] for the block that starts at element
// i*block. x.b and x.y are as long as x.a, or empty.
func sumBlocks(x operands, f func(x operands, lo, hi int)) float64 {
	sums := sparePartials.Swap(nil)
	if sums == nil {
		sums = new(partials)
	}
	x.sums = sums[:]
	var total float64
	for len(x.a) > 0 {
		n := min(len(x.a), len(sums)*block)
		parallelRange(n, grain, x, f)
		for _, s := range sums[:(n+block-1)/block] {
			total += s
		}
		x.a, x.b, x.y = x.a[n:], x.b[min(n, len(x.b)):], x.y[min(n, len(x.y)):]
	}
	sparePartials.Store(sums)
	return total
}

// SumSquares returns the sum of x[i]*x[i]. The squares are exact in float64.
func SumSquares(x []float32) float64 { return sumBlocks(operands{a: x}, sumSquares) }

func sumSquares(x operands, lo, hi int) {
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		if vector(kernelSumSquares, &x, lo, end) {
			continue
		}
		var l lanes
		for i, v := range x.a[lo:end] {
			l[i&15] += float64(float64(v) * float64(v))
		}
		x.sums[lo/block] = l.sum()
	}
}
