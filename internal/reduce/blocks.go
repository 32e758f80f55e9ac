package reduce

import (
	"sync/atomic"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// terms are the operands of a sum over all elements of a, or of a and b. The assembly reads them
// where TestOperandsLayout says.
type terms struct {
	a, b   []float32 // b is as long as a, or empty
	dx     []float32 // squaredErrorBoth writes it; as long as a, or empty
	sums   []float64 // sums[i] is the sum of the block that starts at element i*f32.Block
	factor float32   // of dx
}

var overTerms pool.Range[terms]

// partials are the sums of the blocks that are shared out at once. Long sums take several rounds.
type partials [256]float64

// sparePartials is kept from call to call, because a new one would be allocated for each.
var sparePartials atomic.Pointer[partials]

// sum adds up the sums that f writes for the blocks of x.
func sum(x terms, f func(x terms, lo, hi int)) float64 {
	sums := sparePartials.Swap(nil)
	if sums == nil {
		sums = new(partials)
	}
	x.sums = sums[:]
	var total float64
	for len(x.a) > 0 {
		n := min(len(x.a), len(sums)*f32.Block)
		overTerms.Run(n, pool.Grain, x, f)
		for _, s := range sums[:(n+f32.Block-1)/f32.Block] {
			total += s
		}
		x.a, x.b, x.dx = x.a[n:], x.b[min(n, len(x.b)):], x.dx[min(n, len(x.dx)):]
	}
	sparePartials.Store(sums)
	return total
}

// SumSquares returns the sum of x[i]*x[i]. The squares are exact in float64.
func SumSquares(x []float32) float64 { return sum(terms{a: x}, sumSquares) }

// square is exact.
func square(v float32) float64 { return float64(float64(v) * float64(v)) }

func sumSquares(x terms, lo, hi int) {
	for ; lo < hi; lo += f32.Block {
		end := min(lo+f32.Block, hi)
		if vectorSumSquares(&x, lo, end) {
			continue
		}
		var l f32.Lanes
		a := x.a[lo:end]
		for ; len(a) >= len(l); a = a[len(l):] {
			sixteen := (*[len(l)]float32)(a)
			for j := 0; j < len(l); j += 4 {
				l[j] += square(sixteen[j])
				l[j+1] += square(sixteen[j+1])
				l[j+2] += square(sixteen[j+2])
				l[j+3] += square(sixteen[j+3])
			}
		}
		for j, v := range a {
			l[j] += square(v)
		}
		x.sums[lo/f32.Block] = l.Sum()
	}
}
