package elementwise

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/random"
)

// dropoutOperands are the operands of Dropout. The assembly reads them where TestOperandsLayout
// says.
type dropoutOperands struct {
	y, x   []float32
	keep   float32
	stream uint64
	last   uint64 // the largest 32-bit hash of an element that is kept
}

var overDropout pool.Range[dropoutOperands]

// Dropout keeps each element with the probability keep, in (0, 1], and divides those that it keeps
// by that probability:
//
//	y[i] = x[i] / keep  if random.Hash(stream, i) >> 32 < keep * 2^32
//	y[i] = +0           otherwise
//
// The choice depends on (stream, i) alone. So the same call on dy gives the gradient, and no
// mask is stored.
func Dropout(y, x []float32, keep float32, stream uint64) {
	f32.SameLength(y, x)
	if !(keep > 0 && keep <= 1) {
		panic("elementwise: the probability of keeping an element is not in (0, 1]")
	}
	threshold := uint64(float64(float64(keep) * (1 << 32)))
	overDropout.Run(len(x), pool.Grain, dropoutOperands{y, x, keep, stream, threshold - 1}, dropout)
}

func dropout(x dropoutOperands, lo, hi int) {
	if vectorDropout(&x, lo, hi) {
		return
	}
	y, keep, stream, last := x.y[lo:hi], x.keep, x.stream, int64(x.last)
	for i, v := range x.x[lo:hi] {
		b := math.Float32bits(v / keep)
		if int64(random.Hash(stream, uint64(lo+i))>>32) > last {
			b = 0
		}
		y[i] = math.Float32frombits(b)
	}
}
