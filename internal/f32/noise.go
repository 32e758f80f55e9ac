package f32

import "github.com/gorgonae/gorgonae/internal/random"

// AddNormal adds noise of the normal distribution, in place if y is x:
//
//	y[i] = x[i] + stddev * float32(n[i])
//
// where (n[2k], n[2k+1]) is random.NormalPair(random.Hash(random.Sub(key, step), k)).
func AddNormal(y, x []float32, stddev float32, key, step uint64) {
	same(y, x)
	parallelRange(len(x), grain/8, operands{y: y, a: x, s: scalars(stddev), keys: [2]uint64{random.Sub(key, step)}}, addNormal)
}

func addNormal(x operands, lo, hi int) { // lo is even: grain is
	stddev, stream := x.s[0], x.keys[0]
	for ; lo < hi; lo += 2 {
		a, b := random.NormalPair(random.Hash(stream, uint64(lo/2)))
		x.y[lo] = x.a[lo] + float32(stddev*float32(a))
		if lo+1 < hi {
			x.y[lo+1] = x.a[lo+1] + float32(stddev*float32(b))
		}
	}
}
