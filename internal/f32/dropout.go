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
	stream := random.Sub(key, step)
	threshold := uint64(float64(float64(keep) * (1 << 32)))
	for i, v := range x {
		b := math.Float32bits(v / keep)
		if random.Hash(stream, uint64(i))>>32 >= threshold {
			b = 0
		}
		y[i] = math.Float32frombits(b)
	}
}
