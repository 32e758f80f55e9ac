package gemm

import (
	"fmt"
	"testing"

	"github.com/gorgonae/gorgonae/internal/epilogue"
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

// BenchmarkTile computes one tile again and again, with operands that stay in the first cache: no
// product can be faster than its tiles. Run it with -cpu 1.
func BenchmarkTile(b *testing.B) {
	const k = 96
	for level := simd.Best(); level > simd.Portable; level-- {
		kn := kernels(level)
		for _, s := range [][2]int{{kn.rows, kn.cols}, {kn.wideRows, kn.wideCols}} {
			rows, cols := s[0], s[1]
			if rows == 0 {
				continue
			}
			x, y, z := kerneltest.Normal(1, rows*k), kerneltest.Normal(2, k*cols), make([]float32, rows*cols)
			b.Run(fmt.Sprintf("%dx%d/%v", rows, cols, level), func(b *testing.B) {
				const calls = 200
				kerneltest.BenchProduct(b, calls*2*float64(rows*cols*k), level, func() {
					for range calls {
						kn.tile(rows, cols, k, x, rows, y, cols, z, cols, false, nil, epilogue.None, 0)
					}
				})
			})
		}
	}
}
