// Package gemm multiplies matrices.
//
// # Bits
//
// Package f32 defines the arithmetic. Each element of a product accumulates its terms in order,
// with one fused multiply-add a term, as the comment of Mul writes it. So the order of the terms is
// fixed, and how a product is cut into blocks, tiles and parts does not show in the result: a tile
// keeps its sums in registers, and a sum that goes on in another block starts from the value that
// the first block stored. Vectors hold different elements, never parts of one sum.
//
// # Words
//
// C is the product, of m rows and n columns; A and B are its operands, and k is the length of the
// sums. A tile is a part of C that fits in the registers. A panel of A has the rows of a tile, a
// panel of B its columns. A block is as much of a product as stays in the caches. See file
// blocks.go, and sparse.go for an A that is mostly 0.
package gemm

import (
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/simd"
)

const (
	badSize   = "gemm: a matrix with a negative size"
	badStride = "gemm: leading dimension below the width of a row"
	tooShort  = "gemm: slice shorter than its matrix"
	badBias   = "gemm: a bias that is not one number for each column"
)

// Mul writes the product of two row-major matrices, op(A) of m x k and op(B) of k x n, into C, or
// adds it to C. Each element accumulates over l in order, with one fused multiply-add a term:
//
//	s = c[i,j] if add, else +0
//	s = op(a)[i,l]*op(b)[l,j] + s, rounded once, for l = 0, 1, ..., k-1
//	c[i,j] = s
//
// op(A) is A, or its transpose if transA: then A is stored as k x m. The same holds for B. lda, ldb
// and ldc are the distances from a row to the next one as stored. C must not overlap A or B.
// Without add, C is only written, so it may hold NaN.
func Mul(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	kernels(simd.Current()).multiply(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc, epilogue.Epilogue{})
}

// MulEpilogue is Mul without add, followed by the epilogue.
func MulEpilogue(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, e epilogue.Epilogue) {
	if e.Bias != nil && len(e.Bias) != n {
		panic(badBias)
	}
	kernels(simd.Current()).multiply(transA, transB, m, n, k, a, lda, b, ldb, false, c, ldc, e)
}

// check panics unless each slice holds its matrix.
func check(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	if m < 0 || n < 0 || k < 0 {
		panic(badSize)
	}
	checkStored(transA, a, m, k, lda)
	checkStored(transB, b, k, n, ldb)
	checkStored(false, c, m, n, ldc)
}

// checkStored panics unless x holds the matrix op(x) of rows x cols.
func checkStored(trans bool, x []float32, rows, cols, ld int) {
	if trans {
		rows, cols = cols, rows
	}
	if ld < max(1, cols) {
		panic(badStride)
	}
	// rows <= (len-cols)/ld + 1, rather than a product that could overflow.
	if rows > 0 && cols > 0 && (len(x) < cols || rows-1 > (len(x)-cols)/ld) {
		panic(tooShort)
	}
}
