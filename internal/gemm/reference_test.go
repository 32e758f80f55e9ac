package gemm

import "github.com/gorgonae/gorgonae/internal/f32"

// reference is the definition of Mul.
func reference(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	check(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	at := func(x []float32, trans bool, i, j, ld int) float32 {
		if trans {
			i, j = j, i
		}
		return x[i*ld+j]
	}
	for i := range m {
		for j := range n {
			var s float32
			if add {
				s = c[i*ldc+j]
			}
			for l := range k {
				s = f32.FMA(at(a, transA, i, l, lda), at(b, transB, l, j, ldb), s)
			}
			c[i*ldc+j] = s
		}
	}
}
