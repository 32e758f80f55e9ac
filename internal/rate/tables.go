package rate

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// Tables are the bits of the integers of some latents, a table for each. A table has the bits of
// Lo, Lo+1, ...; each further step away from its range costs tailBits more.
type Tables []Table

// Table is the table of a latent. It has at least one number.
type Table struct {
	Lo   int32
	Bits []float32
}

const tailBits = 1

type tableOperands struct {
	Tables
	v, dv []float32
	sums  []float64 // of the rows
	scale float64
}

var overTables pool.Range[tableOperands]

// Bits returns scale times the bits that rows of len(t) latents v cost. Between two integers, bits
// are interpolated linearly. It computes in float64. It adds the latents of a row in order, then the
// rows in order, and rounds the product with scale once.
//
// dv gets the gradient of v, each number rounded once. At an integer, it is the mean of the slopes
// on both sides. sums is scratch memory, a number for each row.
func (t Tables) Bits(v, dv []float32, rows int, scale float32, sums []float64) float32 {
	f32.CheckMatrix(v, rows, len(t))
	f32.SameLength(dv, v)
	if len(sums) < rows {
		panic("rate: fewer sums than rows")
	}
	x := tableOperands{t, v, dv, sums, f32.Widen(scale)}
	overTables.Run(rows, grain(len(t), 16), x, tableRows)
	return total(sums[:rows], x.scale)
}

func tableRows(x tableOperands, lo, hi int) {
	n := len(x.Tables)
	for r := lo; r < hi; r++ {
		sum := 0.0
		for j, t := range x.Tables {
			bits, slope := t.at(f32.Widen(x.v[r*n+j]))
			sum += bits
			x.dv[r*n+j] = float32(x.scale * slope)
		}
		x.sums[r] = sum
	}
}

// at returns the bits at v, and their slope.
func (t Table) at(v float64) (bits, slope float64) {
	v -= float64(t.Lo)
	a := math.Floor(v)
	left, right := t.whole(a), t.whole(a+1)
	if v == a {
		return left, (right - t.whole(a-1)) / 2
	}
	return left + float64((right-left)*(v-a)), right - left
}

// whole returns the bits of an integer, counted from Lo.
func (t Table) whole(i float64) float64 {
	last := float64(len(t.Bits) - 1)
	switch {
	case i >= 0 && i <= last:
		return f32.Widen(t.Bits[int(i)])
	case i > last:
		return f32.Widen(t.Bits[len(t.Bits)-1]) + tailBits*(i-last)
	}
	return f32.Widen(t.Bits[0]) - tailBits*i // NaN stays NaN
}
