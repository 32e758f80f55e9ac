package f32

import "math"

// ColumnSums writes the sums over the rows of x, in order:
//
//	y[j] = ((0 + x[0,j]) + x[1,j]) + ...
func ColumnSums(y []float32, rows, n int, x []float32) {
	matrix(x, rows, n)
	matrix(y, 1, n)
	parallelRange(n, columnGrain(rows), operands{y: y, a: x, keys: [2]uint64{uint64(rows), uint64(n)}}, columnSums)
}

// columnGrain is how many columns of so many elements are about grain elements; whole strips of the vector code.
func columnGrain(rows int) int {
	const strip = 128
	return max(grain/max(rows, 1)/strip*strip, strip)
}

func columnSums(x operands, lo, hi int) {
	if vector(kernelColumnSums, &x, lo, hi) {
		return
	}
	y, rows, n := x.y[lo:hi], int(x.keys[0]), int(x.keys[1])
	clear(y)
	r := 0
	for ; r+4 <= rows; r += 4 {
		x0, x1, x2, x3 := row(x.a, r, n, y, lo), row(x.a, r+1, n, y, lo), row(x.a, r+2, n, y, lo), row(x.a, r+3, n, y, lo)
		for j, s := range y {
			y[j] = s + x0[j] + x1[j] + x2[j] + x3[j]
		}
	}
	for ; r < rows; r++ {
		for j, v := range row(x.a, r, n, y, lo) {
			y[j] += v
		}
	}
}

// row returns as many columns of row r of a matrix with n columns as there are in y, starting at column lo.
func row(x []float32, r, n int, y []float32, lo int) []float32 { return x[r*n+lo:][:len(y)] }

// LeakyReLUGradSums writes dx as LeakyReLUGrad does and, in the same pass, the column sums of dx to dbias as ColumnSums
// does.
func LeakyReLUGradSums(dx, dbias, dy, y []float32, rows, n int, slope float32) {
	same3(dx, dy, y)
	matrix(dx, rows, n)
	matrix(dbias, 1, n)
	parallelRange(n, columnGrain(rows), operands{
		y: dbias, a: dy, b: dx, c: y, s: scalars(slope), keys: [2]uint64{uint64(rows), uint64(n)},
	}, leakyReLUGradSums)
}

func leakyReLUGradSums(x operands, lo, hi int) {
	if vector(kernelLeakyReLUGradSums, &x, lo, hi) {
		return
	}
	sums, s, rows, n := x.y[lo:hi], math.Float32bits(x.s[0]), int(x.keys[0]), int(x.keys[1])
	clear(sums)
	for r := range rows {
		dx, dy := row(x.b, r, n, sums, lo), row(x.a, r, n, sums, lo)
		for j, v := range row(x.c, r, n, sums, lo) {
			factor := uint32(one)
			if negative(math.Float32bits(v)) {
				factor = s
			}
			d := float32(dy[j] * math.Float32frombits(factor)) // not fused with the sum
			dx[j] = d
			sums[j] += d
		}
	}
}
