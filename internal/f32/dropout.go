package f32

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Dropout keeps each element with probability keep, in (0, 1], and divides what it keeps by that probability:
//
//	y[i] = x[i] / keep  if random.Hash(random.Sub(key, step), i) >> 32 < keep * 2^32
//	y[i] = +0           otherwise
//
// The choice depends on (key, step, i) alone, so the same call on dy gives the gradient and no mask is stored.
func Dropout(y, x []float32, keep float32, key, step uint64) {
	same(y, x)
	if !(keep > 0 && keep <= 1) {
		panic("f32: the probability of keeping an element is not in (0, 1]")
	}
	threshold := uint64(float64(float64(keep) * (1 << 32)))
	parallelRange(len(x), grain, operands{
		y: y, a: x, s: scalars(keep), keys: [2]uint64{random.Sub(key, step), threshold - 1},
	}, dropout)
}

func dropout(x operands, lo, hi int) {
	if vector(kernelDropout, &x, lo, hi) {
		return
	}
	y, keep, stream, last := x.y[lo:hi], x.s[0], x.keys[0], int64(x.keys[1])
	for i, v := range x.a[lo:hi] {
		b := math.Float32bits(v / keep)
		if int64(random.Hash(stream, uint64(lo+i))>>32) > last {
			b = 0
		}
		y[i] = math.Float32frombits(b)
	}
}
