package gemm

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is the implementation of gonum with Mul for Sgemm. Gorgonia and gonum can be told to use it
// (gorgonia.Use, blas32.Use), so that their own operations are as fast.
type BLAS struct{ gonum.Implementation }

// Sgemm computes C = alpha*op(A)*op(B) + beta*C for row-major matrices. It calls Mul if alpha is 1
// and beta is 0 or 1, which is all that Gorgonia asks for. Otherwise it calls gonum.
func (b BLAS) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, x []float32, ldx int, y []float32, ldy int, beta float32, c []float32, ldc int) {
	if alpha == 1 && (beta == 0 || beta == 1) && known(tA) && known(tB) {
		Mul(tA != blas.NoTrans, tB != blas.NoTrans, m, n, k, x, ldx, y, ldy, beta == 1, c, ldc)
		return
	}
	b.Implementation.Sgemm(tA, tB, m, n, k, alpha, x, ldx, y, ldy, beta, c, ldc)
}

// known reports whether t is one of the values that gonum defines. gonum panics for any other.
func known(t blas.Transpose) bool { return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans }
