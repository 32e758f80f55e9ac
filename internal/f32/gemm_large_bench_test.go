package f32

import "testing"

// BenchmarkGemmLarge does the tutorial's five large products one after another: all FLOPs over all the time.
func BenchmarkGemmLarge(b *testing.B) {
	var products []func()
	flops := 0.0
	for _, s := range benchShapes[:5] {
		lda, ldb := s.k, s.n
		if s.transA {
			lda = s.m
		}
		if s.transB {
			ldb = s.k
		}
		x, y, z := normal(1, s.m*s.k), normal(2, s.k*s.n), make([]float32, s.m*s.n)
		products = append(products, func() {
			Gemm(s.transA, s.transB, s.m, s.n, s.k, x, lda, y, ldb, false, z, s.n)
		})
		flops += 2 * float64(s.m) * float64(s.n) * float64(s.k)
	}
	for level := bestLevel(); level > portable; level-- {
		b.Run(level.String(), func(b *testing.B) {
			withLevel(b, level)
			benchProduct(b, flops, level, func() {
				for _, f := range products {
					f()
				}
			})
		})
	}
}
