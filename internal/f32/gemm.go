package f32

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

const (
	badGemm   = "f32: Gemm of a negative size"
	badStride = "f32: leading dimension below the width of a row"
	shortGemm = "f32: slice shorter than its matrix"
)

// Gemm writes the product of two row-major matrices, op(A) of m x k and op(B) of k x n, into C, or adds it to C:
//
//	c[i,j] = (c[i,j] if add, else 0) + sum over l of op(a)[i,l] * op(b)[l,j]
//
// op(A) is A, or its transpose if transA: then A is stored as k x m; likewise B. lda, ldb and ldc are the distances
// from a row to the next as stored. Without add, C is only written, so it may hold NaN.
//
// The order and the rounding of the sums are those of gonum's Sgemm and differ between processors. Unless B alone is
// transposed it skips zeros in A, so that a zero hides a NaN or Inf in B.
func Gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	if m < 0 || n < 0 || k < 0 {
		panic(badGemm)
	}
	opA := stored(transA, a, m, k, lda)
	opB := stored(transB, b, k, n, ldb)
	stored(false, c, m, n, ldc)
	if k == 0 && !add {
		for i := range m {
			clear(c[i*ldc : i*ldc+n])
		}
	}
	if k == 0 || m == 0 || n == 0 {
		return
	}
	var beta float32
	if add {
		beta = 1
	}
	gonum.Implementation{}.Sgemm(opA, opB, m, n, k, 1, a, lda, b, ldb, beta, c, ldc)
}

// stored checks that x holds the matrix op(x) of rows x cols and returns BLAS's word for op.
func stored(trans bool, x []float32, rows, cols, ld int) blas.Transpose {
	op := blas.NoTrans
	if trans {
		op = blas.Trans
		rows, cols = cols, rows
	}
	if ld < max(1, cols) {
		panic(badStride)
	}
	// rows <= (len-cols)/ld + 1, rather than a product that could overflow.
	if rows > 0 && cols > 0 && (len(x) < cols || rows-1 > (len(x)-cols)/ld) {
		panic(shortGemm)
	}
	return op
}
