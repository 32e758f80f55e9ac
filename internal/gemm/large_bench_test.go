package gemm

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// BenchmarkGemmLarge computes the five large products of the tutorial one after another. It divides
// all FLOPs by the whole time.
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
		x, y, z := kerneltest.Normal(1, s.m*s.k), kerneltest.Normal(2, s.k*s.n), make([]float32, s.m*s.n)
		products = append(products, func() {
			Mul(s.transA, s.transB, s.m, s.n, s.k, x, lda, y, ldb, false, z, s.n)
		})
		flops += 2 * float64(s.m) * float64(s.n) * float64(s.k)
	}
	for level := simd.Best(); level > simd.Portable; level-- {
		b.Run(level.String(), func(b *testing.B) {
			kerneltest.WithLevel(b, level)
			kerneltest.BenchProduct(b, flops, level, func() {
				for _, f := range products {
					f()
				}
			})
		})
	}
}
