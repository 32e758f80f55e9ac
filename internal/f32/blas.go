package f32

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is gonum's implementation with Gemm for Sgemm, in a form that Gorgonia and gonum can be told to use
// (gorgonia.Use, blas32.Use), so that stock ops are fast as well.
type BLAS struct{ gonum.Implementation }

// Sgemm computes C = alpha*op(A)*op(B) + beta*C, for row-major matrices, by Gemm if alpha is 1 and beta is 0 or 1, which
// is all that Gorgonia asks for, and by gonum otherwise.
func (b BLAS) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, x []float32, ldx int, y []float32, ldy int, beta float32, c []float32, ldc int) {
	if alpha == 1 && (beta == 0 || beta == 1) && known(tA) && known(tB) {
		Gemm(tA != blas.NoTrans, tB != blas.NoTrans, m, n, k, x, ldx, y, ldy, beta == 1, c, ldc)
		return
	}
	b.Implementation.Sgemm(tA, tB, m, n, k, alpha, x, ldx, y, ldy, beta, c, ldc)
}

func known(t blas.Transpose) bool { return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans }
