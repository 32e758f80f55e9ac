package gemm

import (
	"fmt"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/simd"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// benchShapes are the products of a training step of the tutorial at batch 256, those of a single
// image, and a large square one.
var benchShapes = []struct {
	name           string
	transA, transB bool
	m, n, k        int
}{
	{"256x784x300", false, false, 256, 784, 300},
	{"256x300x784", false, false, 256, 300, 784},
	{"784x300x256-TN", true, false, 784, 300, 256},
	{"300x784x256-TN", true, false, 300, 784, 256},
	{"256x300x784-NT", false, true, 256, 300, 784},
	{"256x2x300", false, false, 256, 2, 300},
	{"256x300x2", false, false, 256, 300, 2},
	{"300x2x256-TN", true, false, 300, 2, 256},
	{"2x300x256-TN", true, false, 2, 300, 256},
	{"256x300x2-NT", false, true, 256, 300, 2},
	{"256x2x300-NT", false, true, 256, 2, 300},
	{"1x300x784", false, false, 1, 300, 784},
	{"1x2x300", false, false, 1, 2, 300},
	{"1x784x300", false, false, 1, 784, 300},
	{"2048x2048x2048", false, false, 2048, 2048, 2048},
}

// BenchmarkGemm reports, for each product, the metrics of kerneltest.BenchProduct.
func BenchmarkGemm(b *testing.B) {
	for _, s := range benchShapes {
		lda, ldb := s.k, s.n
		if s.transA {
			lda = s.m
		}
		if s.transB {
			ldb = s.k
		}
		x, y, z := kerneltest.Normal(1, s.m*s.k), kerneltest.Normal(2, s.k*s.n), make([]float32, s.m*s.n)
		flops := 2 * float64(s.m) * float64(s.n) * float64(s.k)
		for level := simd.Best(); level >= simd.Portable; level-- {
			if level == simd.Portable && flops > 1e9 {
				continue
			}
			b.Run(fmt.Sprintf("%s/%v", s.name, level), func(b *testing.B) {
				kerneltest.WithLevel(b, level)
				kerneltest.BenchProduct(b, flops, level, func() {
					Mul(s.transA, s.transB, s.m, s.n, s.k, x, lda, y, ldb, false, z, s.n)
				})
			})
		}
		op := map[bool]blas.Transpose{false: blas.NoTrans, true: blas.Trans}
		b.Run(s.name+"/gonum", func(b *testing.B) {
			kerneltest.BenchProduct(b, flops, simd.Best(), func() {
				gonum.Implementation{}.Sgemm(op[s.transA], op[s.transB], s.m, s.n, s.k, 1, x, lda, y, ldb, 0, z, s.n)
			})
		})
	}
}
