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
	odd    int // 1 if the first element is the second of a pair, else 0
}

var overNoise pool.Range[noiseOperands]

// AddNormal adds noise of the normal distribution, in place if y is x:
//
//	y[i] = x[i] + stddev * float32(n[first+i])
//
// where (n[2k], n[2k+1]) is random.NormalPair(random.Hash(stream, k)).
func AddNormal(y, x []float32, stddev float32, stream, first uint64) {
	f32.SameLength(y, x)
	overNoise.Run(len(x), pool.Grain/8, noiseOperands{y, x, stddev, random.Skip(stream, first/2), int(first % 2)}, addNormal)
}

func addNormal(x noiseOperands, lo, hi int) {
	for i := lo; i < hi; {
		k := i + x.odd
		a, b := random.NormalPair(random.Hash(x.stream, uint64(k/2)))
		if k&1 == 0 {
			x.y[i] = x.x[i] + float32(x.stddev*float32(a))
			i++
		}
		if i < hi {
			x.y[i] = x.x[i] + float32(x.stddev*float32(b))
			i++
		}
	}
}
