package elementwise

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/random"
)

type noiseOperands struct {
	y, x   []float32
	stddev float32
	stream uint64
}

var overNoise pool.Range[noiseOperands]

// AddNormal adds noise of the normal distribution, in place if y is x:
//
//	y[i] = x[i] + stddev * float32(n[i])
//
// where (n[2k], n[2k+1]) is random.NormalPair(random.Hash(random.Sub(key, step), k)).
func AddNormal(y, x []float32, stddev float32, key, step uint64) {
	f32.SameLength(y, x)
	overNoise.Run(len(x), pool.Grain/8, noiseOperands{y, x, stddev, random.Sub(key, step)}, addNormal)
}

func addNormal(x noiseOperands, lo, hi int) { // lo is even, because the grain is
	for ; lo < hi; lo += 2 {
		a, b := random.NormalPair(random.Hash(x.stream, uint64(lo/2)))
		x.y[lo] = x.x[lo] + float32(x.stddev*float32(a))
		if lo+1 < hi {
			x.y[lo+1] = x.x[lo+1] + float32(x.stddev*float32(b))
		}
	}
}
