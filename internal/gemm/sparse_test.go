package gemm

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// ink returns a function that fills a matrix with runs of zeros and of numbers, which are that share
// of all.
func ink(share float64, numbers func(seed uint64, n int) []float32) func(seed uint64, n int) []float32 {
	return func(seed uint64, n int) []float32 {
		s := random.New(seed, "ink")
		x := numbers(seed, n)
		for i := 0; i < n; {
			run := 1 + int(s.Uint64n(9))
			zero := float64(s.Float32()) >= share
			for ; run > 0 && i < n; run, i = run-1, i+1 {
				if zero {
					x[i] = 0
				}
			}
		}
		return x
	}
}

// sparseShapes have at least sparseTerms terms, and edges of panels, blocks, pieces and vectors.
var sparseShapes = []problem{
	{m: 67, n: 131, k: 471}, {m: 471, n: 131, k: 67, transA: true}, {m: 33, n: 81, k: 999}, {m: 131, n: 161, k: 113, transA: true},
	{m: 100, n: 47, k: 577}, {m: 222, n: 401, k: 31}, {m: 1030, n: 40, k: 112, transA: true}, {m: 150, n: 160, k: 225},
}

// byLists computes a product from lists, and reports whether all of it was: bySparse took it, and
// no part needed all terms.
func (x call) byLists(c []float32, e epilogue.Epilogue) bool {
	p := product{parts: 1,
		tileKernels: kernels(simd.Current()), transA: x.transA, transB: x.transB, m: x.m, n: x.n, k: x.k,
		a: x.a, b: x.b, c: c, lda: x.lda, ldb: x.ldb, ldc: x.ldc, add: x.add, epilogue: e,
	}
	return p.bySparse() && !p.work.doubt.Load() && p.blockNumber <= 1
}

// Lists give the bits of the definition, whatever the share of zeros, and are used where they pay.
func TestSparse(t *testing.T) {
	for seed, p := range sparseShapes {
		for _, share := range []float64{0.02, 0.2, 0.5, 1} {
			for name, numbers := range map[string]func(uint64, int) []float32{"normal": kerneltest.Normal, "rare": kerneltest.Rare} {
				p.spread = seed % 2
				p.fill = numbers
				x := p.call(uint64(seed))
				x.a = strided(uint64(seed), map[bool]int{false: x.m, true: x.k}[x.transA], map[bool]int{false: x.k, true: x.m}[x.transA], x.lda, ink(share, numbers))
				want := slices.Clone(x.c)
				x.run(reference, want)
				var checks [3]func()
				x.a, checks[0] = kerneltest.Guarded(t, x.a)
				x.b, checks[1] = kerneltest.Guarded(t, x.b)
				kerneltest.EveryWay(t, func(way string) {
					c, check := kerneltest.Guarded(t, x.c)
					checks[2] = check
					x.run(Mul, c)
					for _, check := range checks {
						check()
					}
					compare(t, fmt.Sprint(p, " ", name, " ", share, " ", way), c, want, x.ldc)
					listed := x.byLists(slices.Clone(x.c), epilogue.Epilogue{})
					if able := kernels(simd.Current()).sparse != nil; name == "normal" && listed != (able && share < 0.5) && share != 0.5 {
						t.Errorf("%v with a share of %v, %s: from lists: %t", p, share, way, listed)
					}
				})
			}
		}
	}
}

// The last operations on a sum are those of the other products.
func TestSparseEpilogue(t *testing.T) {
	for seed, p := range sparseShapes {
		p.fill = ink(0.2, kerneltest.Normal)
		x := p.call(uint64(seed))
		x.b = strided(9, x.k, x.n, x.ldb, kerneltest.Normal)
		for _, e := range []epilogue.Epilogue{
			{Bias: kerneltest.Normal(3, x.n)},
			{Rectifier: epilogue.ReLU},
			{Bias: kerneltest.Normal(3, x.n), Rectifier: epilogue.Leaky, Slope: 0.3, Finish: func(y []float32) { elementwise.Add(y, y, y) }},
		} {
			kerneltest.EveryWay(t, func(way string) {
				kn := *kernels(simd.Current())
				kn.sparse = nil
				want := slices.Clone(x.c)
				kn.multiply(x.transA, false, x.m, x.n, x.k, x.a, x.lda, x.b, x.ldb, false, want, x.ldc, e)
				got := slices.Clone(x.c)
				MulEpilogue(x.transA, false, x.m, x.n, x.k, x.a, x.lda, x.b, x.ldb, got, x.ldc, e)
				compare(t, fmt.Sprint(p, " ", way), got, want, x.ldc)
				if kernels(simd.Current()).sparse != nil && !x.byLists(slices.Clone(x.c), e) {
					t.Errorf("%v, %s: not from lists", p, way)
				}
			})
		}
	}
}

// Terms of 0 that are left out can be missed: where the other factor is not finite, and where the
// sum is -0. Then all terms are computed.
func TestSparseNeedsAllTerms(t *testing.T) {
	for seed, p := range sparseShapes {
		for name, set := range map[string]func(x *call){
			// The first number of A is 0, and what it meets is not finite.
			"NaN": func(x *call) { x.a[0], x.b[x.n/2] = 0, kerneltest.NaN },
			"Inf": func(x *call) { x.a[0], x.b[x.n-1] = 0, float32(math.Inf(-1)) },
			// The first sum underflows to -0 and would become +0 with the next term.
			"-0": func(x *call) {
				for i := range x.a {
					x.a[i] = 0
				}
				x.a[0] = math.SmallestNonzeroFloat32
				for j := range x.n {
					x.b[j], x.b[x.ldb+j] = -0.1, 1
				}
			},
		} {
			p.fill = ink(0.2, kerneltest.Normal)
			x := p.call(uint64(seed))
			x.b = strided(9, x.k, x.n, x.ldb, kerneltest.Normal)
			set(&x)
			want := slices.Clone(x.c)
			x.run(reference, want)
			kerneltest.EveryWay(t, func(way string) {
				got := slices.Clone(x.c)
				x.run(Mul, got)
				compare(t, fmt.Sprint(p, " ", name, " ", way), got, want, x.ldc)
				if x.byLists(slices.Clone(x.c), epilogue.Epilogue{}) {
					t.Errorf("%v, %s, %s: all from lists", p, name, way)
				}
			})
		}
	}
}

// A product with more rows than are listed at once goes through them in chunks: each from lists, or
// with all terms if it needs them.
func TestSparseChunks(t *testing.T) {
	for seed, p := range []problem{{m: 60, n: 40, k: 40_007}, {m: 131, n: 41, k: 32_768, transA: true}, {m: 18_831, n: 41, k: 5}, {m: 37_501, n: 40, k: 4, transA: true}} {
		p.fill = ink(0.2, kerneltest.Normal)
		x := p.call(uint64(seed))
		x.b = strided(9, x.k, x.n, x.ldb, kerneltest.Normal)
		at := func(i, l int) *float32 { // of op(A)
			if x.transA {
				i, l = l, i
			}
			return &x.a[i*x.lda+l]
		}
		for range 2 {
			kn := *kernels(simd.Best())
			kn.sparse = nil
			want := slices.Clone(x.c)
			kn.multiply(x.transA, false, x.m, x.n, x.k, x.a, x.lda, x.b, x.ldb, false, want, x.ldc, epilogue.Epilogue{})
			for _, level := range kerneltest.Levels() {
				if kernels(level).sparse == nil {
					continue
				}
				kerneltest.WithLevel(t, level)
				got := slices.Clone(x.c)
				x.run(Mul, got)
				compare(t, fmt.Sprint(p, " ", level), got, want, x.ldc)
				if q := (product{tileKernels: kernels(level), parts: 1, transA: x.transA, m: x.m, n: x.n, k: x.k, a: x.a, b: x.b, c: got, lda: x.lda, ldb: x.ldb, ldc: x.ldc}); !q.bySparse() {
					t.Errorf("%v, %v: nothing from lists", p, level)
				}
			}
			for l := range x.k { // then a sum of the first chunk is -0, as in TestSparseNeedsAllTerms
				*at(1, l) = 0
			}
			*at(1, 0) = math.SmallestNonzeroFloat32
			for j := range x.n {
				x.b[j] = -0.1
			}
		}
	}
}

// Several goroutines compute different products from lists at once.
func TestSparseConcurrent(t *testing.T) {
	kerneltest.WithProcs(t, 4)
	var all sync.WaitGroup
	for seed, p := range sparseShapes {
		p.fill = ink(0.2, kerneltest.Normal)
		x := p.call(uint64(seed))
		want := slices.Clone(x.c)
		x.run(Mul, want)
		all.Go(func() {
			for range 20 {
				got := slices.Clone(x.c)
				x.run(Mul, got)
				for i := range got {
					if !kerneltest.SameBits(got[i], want[i]) {
						t.Errorf("%v: number %d is %x, want %x", p, i, got[i], want[i])
						return
					}
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkSparse computes the two products of the tutorial that have the images as an operand, from
// lists and with all terms, for several shares of numbers that are not 0.
func BenchmarkSparse(b *testing.B) {
	for _, s := range benchShapes[1:3] {
		for _, share := range []float64{0.19, 0.5, 1} {
			lda := s.k
			if s.transA {
				lda = s.m
			}
			x, y, z := ink(share, kerneltest.Normal)(1, s.m*s.k), kerneltest.Normal(2, s.k*s.n), make([]float32, s.m*s.n)
			flops := 2 * float64(s.m) * float64(s.n) * float64(s.k)
			for level := simd.Best(); level > simd.Portable; level-- {
				for _, way := range []string{"lists", "all"} {
					b.Run(fmt.Sprintf("%s/%g/%v/%s", s.name, share, level, way), func(b *testing.B) {
						kerneltest.WithLevel(b, level)
						kn := kernels(level)
						keep := kn.sparse
						if way == "all" {
							kn.sparse = nil
						}
						kerneltest.BenchProduct(b, flops, level, func() {
							Mul(s.transA, s.transB, s.m, s.n, s.k, x, lda, y, s.n, false, z, s.n)
						})
						kn.sparse = keep
					})
				}
			}
		}
	}
}
