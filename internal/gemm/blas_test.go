package gemm

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

var _ interface {
	blas.Float32
	blas.Float64
} = BLAS{}

func TestBLAS(t *testing.T) {
	const m, n, k = 5, 7, 6
	for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans} {
		for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans} {
			for _, scale := range [][2]float32{{1, 0}, {1, 1}, {2, 0}, {1, 0.5}, {0, 1}} {
				x := problem{transA: tA != blas.NoTrans, transB: tB != blas.NoTrans, add: true, m: m, n: n, k: k, spread: 2, fill: kerneltest.Normal}.call(1)
				alpha, beta := scale[0], scale[1]
				want := append([]float32(nil), x.c...)
				if alpha == 1 && (beta == 0 || beta == 1) {
					x.add = beta == 1
					x.run(reference, want)
				} else {
					gonum.Implementation{}.Sgemm(tA, tB, m, n, k, alpha, x.a, x.lda, x.b, x.ldb, beta, want, x.ldc)
				}
				BLAS{}.Sgemm(tA, tB, m, n, k, alpha, x.a, x.lda, x.b, x.ldb, beta, x.c, x.ldc)
				compare(t, scale, x.c, want, x.ldc)
			}
		}
	}
	one := make([]float32, 1)
	kerneltest.MustPanic(t, "transpose", func() { BLAS{}.Sgemm('x', blas.NoTrans, 1, 1, 1, 1, one, 1, one, 1, 0, one, 1) })
}
