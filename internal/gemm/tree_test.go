package gemm

import (
	"fmt"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

// MulTree gives the bits of its definition: those of a product for each part, added in pairs of pairs. Some of
// its operands are mostly 0, as ink is, some have what is not finite, and some are so small that they underflow.
func TestMulTree(t *testing.T) {
	ink := func(share float32) func(seed uint64, n int) []float32 {
		return func(seed uint64, n int) []float32 {
			x, s := kerneltest.Normal(seed, n), random.New(seed, "ink")
			for i := range x {
				if s.Float32() > share {
					x[i] = 0
				}
			}
			return x
		}
	}
	tiny := func(seed uint64, n int) []float32 {
		x := ink(0.1)(seed, n)
		for i := range x {
			x[i] *= 1e-24
		}
		return x
	}
	infinite := func(seed uint64, n int) []float32 {
		x := ink(0.1)(seed, n)
		x[n/2] = float32(math.Inf(1))
		return x
	}
	for _, fill := range []func(uint64, int) []float32{kerneltest.Normal, ink(0.2), tiny, infinite} {
		for _, p := range []struct{ m, n, k, parts int }{
			{784, 300, 256, 8}, {784, 300, 256, 1}, {300, 2, 256, 8}, {2, 300, 64, 4}, {65, 49, 24, 8}, {100, 90, 1200, 4}, {33, 20, 4608, 8}, {33, 20, 2100, 2}, {1025, 3, 16, 4}, {1025, 20, 16, 4}, {5, 9, 0, 4}, {15, 33, 2, 2}, {1, 1, 4, 4}, {784, 300, 96, 8},
		} {
			kerneltest.EveryWay(t, func(way string) {
				lda, ldb, ldc := p.m+1, p.n+2, p.n+3
				a, b := strided(1, p.k, p.m, lda, fill), strided(2, p.k, p.n, ldb, fill)
				c, check := kerneltest.Guarded(t, strided(3, p.m, p.n, ldc, kerneltest.Normal))
				MulTree(p.m, p.n, p.k, p.parts, a, lda, b, ldb, c, ldc)
				check()
				depth := p.k / p.parts
				sums := make([][]float32, p.parts)
				for i := range sums {
					sums[i] = make([]float32, p.m*p.n)
					Mul(true, false, p.m, p.n, depth, a[i*depth*lda:], lda, b[i*depth*ldb:], ldb, false, sums[i], p.n)
				}
				for ; len(sums) > 1; sums = sums[:len(sums)/2] {
					for i := range len(sums) / 2 {
						for j := range sums[2*i] {
							sums[i][j] = sums[2*i][j] + sums[2*i+1][j]
						}
					}
				}
				for i := range p.m {
					for j, want := range sums[0][i*p.n:][:p.n] {
						if got := c[i*ldc+j]; math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
							t.Fatalf("%s, %+v: element %d,%d is %v, want %v", way, p, i, j, got, want)
						}
					}
				}
			})
		}
	}
}

// Neither few terms nor many make it allocate, once each worker has computed a tile. A garbage collection in between may
// drop the buffers, so it tries a few times.
func TestMulTreeAllocatesNothing(t *testing.T) {
	for _, p := range []struct{ m, n, k, parts int }{{65, 49, 96, 8}, {65, 49, 4096, 8}, {65, 49, 2400, 2}} {
		a, b, c := kerneltest.Normal(1, p.k*p.m), kerneltest.Normal(2, p.k*p.n), make([]float32, p.m*p.n)
		allocs := 1.0
		for try := 0; try < 5 && allocs > 0; try++ {
			allocs = testing.AllocsPerRun(10, func() { MulTree(p.m, p.n, p.k, p.parts, a, p.m, b, p.n, c, p.n) })
		}
		if allocs != 0 {
			t.Errorf("%+v: %g allocations, want none", p, allocs)
		}
	}
}

func TestMulTreePanics(t *testing.T) {
	for _, parts := range []int{0, -1, 3, 8} {
		x := make([]float32, 36)
		kerneltest.MustPanic(t, fmt.Sprintf("%d parts", parts), func() { MulTree(6, 6, 6, parts, x, 6, x, 6, x, 6) })
	}
}
