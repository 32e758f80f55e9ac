package reduce

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// AllFinite reports whether x holds neither a NaN nor an infinity.
func AllFinite(x []float32) bool { return sum(terms{a: x}, allFinite) == 0 }

// finite are the operands of the assembly. It reads and writes them where TestOperandsLayout says.
type finite struct {
	x     []float32
	carry uint32 // 0 if all numbers are finite
}

// allFinite writes for each block a number that is 0 if and only if all numbers are finite.
func allFinite(x terms, lo, hi int) {
	part := finite{x: x.a}
	for ; lo < hi; lo += f32.Block {
		end := min(lo+f32.Block, hi)
		if !vectorAllFinite(&part, lo, end) {
			part.carry = notFinite(x.a[lo:end])
		}
		x.sums[lo/f32.Block] = float64(part.carry)
	}
}

// notFinite returns 0 if all numbers are finite, else 1.
func notFinite(x []float32) uint32 {
	// NaN and Inf have all bits of the exponent set. One more carries into the place of the sign.
	const magnitude, exponentStep = 1<<31 - 1, 1 << 23
	step := func(v float32) uint32 { return math.Float32bits(v)&magnitude + exponentStep }
	var carry uint32
	for ; len(x) >= 8; x = x[8:] {
		e := (*[8]float32)(x)
		carry |= step(e[0]) | step(e[1]) | step(e[2]) | step(e[3]) | step(e[4]) | step(e[5]) | step(e[6]) | step(e[7])
	}
	for _, v := range x {
		carry |= step(v)
	}
	return carry >> 31
}
