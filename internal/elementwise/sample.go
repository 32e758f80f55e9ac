package elementwise

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/random"
)

type sampleOperands struct {
	y, x, dy []float32
	n        int // numbers in a row of y
	stream   uint64
}

var overSamples pool.Range[sampleOperands]

// Sample draws from normal distributions. x has rows of 2n numbers: n means, then the logarithms of
// the n variances. y has rows of n numbers:
//
//	y[r,j] = mean + exp(logvar/2) * e[r,j]
//
// where (e[r,2k], e[r,2k+1]) is random.NormalPair(random.Hash(stream, r*pairs + k)),
// with pairs = ceil(n/2). It computes in float64 and rounds once.
func Sample(y, x []float32, rows, n int, stream uint64) {
	f32.CheckMatrix(x, rows, 2*n)
	f32.CheckMatrix(y, rows, n)
	overSamples.Run(rows, sampleGrain(n), sampleOperands{y: y, x: x, n: n, stream: stream}, sample)
}

// SampleGrad writes the gradient of the distributions from dy, the gradient of the sample:
//
//	dx[r,j]   = dy[r,j]
//	dx[r,n+j] = dy[r,j] * (exp(logvar/2)/2 * e[r,j])
//
// It computes in float64 and rounds once.
func SampleGrad(dx, dy, x []float32, rows, n int, stream uint64) {
	f32.CheckMatrix(x, rows, 2*n)
	f32.SameLength(dx, x)
	f32.CheckMatrix(dy, rows, n)
	overSamples.Run(rows, sampleGrain(n), sampleOperands{y: dx, x: x, dy: dy, n: n, stream: stream}, sampleGrad)
}

// sampleGrain is how many rows of n numbers one goroutine takes at a time. A number costs as much
// as tens of elements of other kernels.
func sampleGrain(n int) int { return max(pool.Grain/32/max(n, 1), 1) }

// pair draws the numbers j and j+1 of row r, with an even j.
func (x *sampleOperands) pair(r, j int) (e [2]float64) {
	e[0], e[1] = random.NormalPair(random.Hash(x.stream, uint64(r*((x.n+1)/2)+j/2)))
	return e
}

func sample(x sampleOperands, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		y, mean, logvar := x.y[r*n:][:n], x.x[2*r*n:][:n], x.x[(2*r+1)*n:][:n]
		var e [2]float64
		for j := range y {
			if j&1 == 0 {
				e = x.pair(r, j)
			}
			y[j] = float32(f32.Widen(mean[j]) + float64(f32.Exp(f32.Widen(logvar[j])/2)*e[j&1]))
		}
	}
}

func sampleGrad(x sampleOperands, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		dy, logvar := x.dy[r*n:][:n], x.x[(2*r+1)*n:][:n]
		dmean, dlogvar := x.y[2*r*n:][:n], x.y[(2*r+1)*n:][:n]
		var e [2]float64
		for j, d := range dy {
			if j&1 == 0 {
				e = x.pair(r, j)
			}
			dmean[j] = d
			dlogvar[j] = float32(f32.Widen(d) * float64(f32.Exp(f32.Widen(logvar[j])/2)/2*e[j&1]))
		}
	}
}
