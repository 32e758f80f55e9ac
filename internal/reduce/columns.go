package reduce

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// columnOperands are the operands of ColumnSums. The assembly reads them where TestOperandsLayout
// says.
type columnOperands struct {
	y, x    []float32
	rows, n int // n is the number of columns
}

var overColumns pool.Range[columnOperands]

// ColumnSums writes the sums over the rows of x, which has n columns, in order:
//
//	y[j] = ((0 + x[0,j]) + x[1,j]) + ...
func ColumnSums(y []float32, rows, n int, x []float32) {
	f32.CheckMatrix(x, rows, n)
	f32.CheckMatrix(y, 1, n)
	overColumns.Run(n, columnGrain(rows), columnOperands{y, x, rows, n}, columnSums)
}

// columnGrain is how many columns one goroutine takes at a time: about a grain of elements, in
// whole strips of the vector code.
func columnGrain(rows int) int {
	const strip = 128
	return max(pool.Grain/max(rows, 1)/strip*strip, strip)
}

func columnSums(x columnOperands, lo, hi int) {
	if vectorColumnSums(&x, lo, hi) {
		return
	}
	y, rows, n := x.y[lo:hi], x.rows, x.n
	clear(y)
	r := 0
	for ; r+6 <= rows; r += 6 {
		x0, x1, x2 := row(x.x, r, n, y, lo), row(x.x, r+1, n, y, lo), row(x.x, r+2, n, y, lo)
		x3, x4, x5 := row(x.x, r+3, n, y, lo), row(x.x, r+4, n, y, lo), row(x.x, r+5, n, y, lo)
		for j, s := range y {
			y[j] = s + x0[j] + x1[j] + x2[j] + x3[j] + x4[j] + x5[j]
		}
	}
	for ; r < rows; r++ {
		for j, v := range row(x.x, r, n, y, lo) {
			y[j] += v
		}
	}
}

// row returns as many columns of row r of a matrix with n columns as there are in y, starting at
// column lo.
func row(x []float32, r, n int, y []float32, lo int) []float32 { return x[r*n+lo:][:len(y)] }

// leakyOperands are the operands of LeakyReLUGradSums. The assembly reads them where
// TestOperandsLayout says.
type leakyOperands struct {
	sums, dx, dy, y []float32
	rows, n         int // n is the number of columns
	slope           float32
}

var overLeaky pool.Range[leakyOperands]

// LeakyReLUGradSums writes dx as elementwise.LeakyReLUGrad does. In the same pass, it writes the
// column sums of dx to dbias as ColumnSums does.
func LeakyReLUGradSums(dx, dbias, dy, y []float32, rows, n int, slope float32) {
	f32.SameLengths(dx, dy, y)
	f32.CheckMatrix(dx, rows, n)
	f32.CheckMatrix(dbias, 1, n)
	overLeaky.Run(n, columnGrain(rows), leakyOperands{dbias, dx, dy, y, rows, n, slope}, leakyReLUGradSums)
}

func leakyReLUGradSums(x leakyOperands, lo, hi int) {
	if vectorLeakyReLUGradSums(&x, lo, hi) {
		return
	}
	sums, s, n := x.sums[lo:hi], math.Float32bits(x.slope), x.n
	clear(sums)
	for r := range x.rows {
		dx, dy := row(x.dx, r, n, sums, lo), row(x.dy, r, n, sums, lo)
		for j, v := range row(x.y, r, n, sums, lo) {
			factor := uint32(f32.One)
			if f32.Negative(math.Float32bits(v)) {
				factor = s
			}
			d := float32(dy[j] * math.Float32frombits(factor)) // not fused with the sum
			dx[j] = d
			sums[j] += d
		}
	}
}
