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
)

// strided returns a rows x cols matrix with a leading dimension. Its padding is NaN.
func strided(seed uint64, rows, cols, ld int, fill func(seed uint64, n int) []float32) []float32 {
	if rows == 0 || cols == 0 {
		return nil
	}
	x := make([]float32, (rows-1)*ld+cols)
	values := fill(seed, rows*cols)
	for i := range x {
		if x[i] = kerneltest.NaN; i%ld < cols {
			x[i] = values[i/ld*cols+i%ld]
		}
	}
	return x
}

// A problem is one call of Mul.
type problem struct {
	transA, transB, add bool
	m, n, k             int
	spread              int // how much the leading dimensions exceed the width
	fill                func(seed uint64, n int) []float32
}

func (p problem) String() string {
	return fmt.Sprintf("%dx%dx%d transA=%t transB=%t add=%t", p.m, p.n, p.k, p.transA, p.transB, p.add)
}

// A call is a problem with its slices. Without add, C holds NaN.
type call struct {
	problem
	a, b, c       []float32
	lda, ldb, ldc int
}

func (p problem) call(seed uint64) call {
	rowsA, colsA, rowsB, colsB := p.m, p.k, p.k, p.n
	if p.transA {
		rowsA, colsA = p.k, p.m
	}
	if p.transB {
		rowsB, colsB = p.n, p.k
	}
	x := call{problem: p, lda: max(1, colsA+3*p.spread), ldb: max(1, colsB+p.spread), ldc: max(1, p.n+5*p.spread)}
	x.a = strided(seed, rowsA, colsA, x.lda, p.fill)
	x.b = strided(seed+1, rowsB, colsB, x.ldb, p.fill)
	x.c = strided(seed+2, p.m, p.n, x.ldc, p.fill)
	if !p.add {
		for i := range x.c {
			x.c[i] = kerneltest.NaN
		}
	}
	return x
}

func (x call) run(f func(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int), c []float32) {
	f(x.transA, x.transB, x.m, x.n, x.k, x.a, x.lda, x.b, x.ldb, x.add, c, x.ldc)
}

// check compares Mul with the definition.
func (p problem) check(t *testing.T, seed uint64) {
	t.Helper()
	x := p.call(seed)
	var checks [3]func()
	x.a, checks[0] = kerneltest.Guarded(t, x.a)
	x.b, checks[1] = kerneltest.Guarded(t, x.b)
	want := slices.Clone(x.c)
	x.run(reference, want)
	c0 := x.c
	kerneltest.EveryWay(t, func(way string) {
		x.c, checks[2] = kerneltest.Guarded(t, c0)
		x.run(Mul, x.c)
		for _, check := range checks {
			check()
		}
		compare(t, fmt.Sprint(p, " ", way), x.c, want, x.ldc)
	})
}

func compare(t *testing.T, what any, got, want []float32, ld int) {
	t.Helper()
	for i := range got {
		if !kerneltest.SameBits(got[i], want[i]) {
			t.Fatalf("%v: c[%d,%d] is %x, want %x", what, i/ld, i%ld, got[i], want[i])
		}
	}
}

// around holds sizes next to the sizes of tiles, vectors and blocks of 8.
var around = []int{1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 28, 29, 31, 32, 33, 47, 48, 49, 64, 65, 97}

func TestGemm(t *testing.T) {
	s := random.New(1, "gemm")
	pick := func() int { return around[s.Uint64n(uint64(len(around)))] }
	for _, p := range []problem{
		{m: 1, n: 1, k: 1}, {m: 3, n: 2, k: 0}, {m: 0, n: 4, k: 4}, {m: 4, n: 0, k: 4}, {m: 100, n: 130, k: 70}, {m: 67, n: 131, k: 71},
		{m: 256, n: 2, k: 33}, {m: 2, n: 256, k: 33}, {m: 1, n: 300, k: 77}, {m: 77, n: 1, k: 300}, {m: 130, n: 70, k: 2}, {m: 128, n: 96, k: 64},
		{m: 1, n: 191, k: 9}, {m: 1, n: 777, k: 9}, {m: 300, n: 8, k: 9}, {m: 300, n: 9, k: 9},
	} {
		p.checkAll(t, s.Uint64())
	}
	for range 50 {
		problem{m: pick(), n: pick(), k: pick()}.checkAll(t, s.Uint64())
	}
	for n := range 200 {
		problem{m: 1 + n%15, n: n, k: n % 4}.checkAll(t, s.Uint64())
	}
}

// checkAll tries the eight cases of a shape. Each has plain or rare numbers, and leading dimensions
// that are odd or tight.
func (p problem) checkAll(t *testing.T, seed uint64) {
	t.Helper()
	for bits := range uint64(8) {
		p.transA, p.transB, p.add = bits&1 != 0, bits&2 != 0, bits&4 != 0
		p.spread = int((seed >> bits) & 1)
		p.fill = kerneltest.Normal
		if (seed>>(8+bits))&1 != 0 {
			p.fill = kerneltest.Rare
		}
		p.check(t, seed)
	}
}

// These products have several blocks of k, rows or columns, or an operand that is packed because it
// is large.
func TestGemmBlocks(t *testing.T) {
	for _, p := range []problem{
		{m: 9, n: 40, k: 2*maxDepth + 1}, {m: maxRows + 1, n: 7, k: 31}, {m: 3, n: maxCols + 1, k: 9}, {m: 70, n: 1100, k: maxDepth + 1}, {m: 1100, n: 70, k: maxDepth + 1},
	} {
		for _, trans := range []bool{false, true} {
			p.transA, p.transB, p.add, p.fill = trans, trans, trans, kerneltest.Normal
			p.check(t, 1)
		}
	}
}

// The epilogue gives the same as the kernels one after another.
func TestMulEpilogue(t *testing.T) {
	double := func(y []float32) { elementwise.Add(y, y, y) }
	for seed, s := range [][3]int{{1, 1, 1}, {5, 3, 0}, {33, 47, 9}, {64, 64, 64}, {29, 17, maxDepth + 3}, {100, 2, 30}, {1, 100, 30}} {
		for bits := range 16 {
			p := problem{transA: bits&1 != 0, transB: bits&2 != 0, m: s[0], n: s[1], k: s[2], spread: bits & 1, fill: kerneltest.Rare}
			e := epilogue.Epilogue{Rectifier: epilogue.Rectifier(bits % 3), Slope: 0.3}
			if bits&4 != 0 {
				e.Bias = kerneltest.Rare(99, p.n)
			}
			if bits&8 != 0 {
				e.Finish = double
			}
			p.checkEpilogue(t, uint64(seed), e)
		}
	}
}

func (p problem) checkEpilogue(t *testing.T, seed uint64, e epilogue.Epilogue) {
	t.Helper()
	x := p.call(seed)
	want := slices.Clone(x.c)
	x.run(reference, want)
	for i := range p.m {
		row := want[i*x.ldc:][:p.n]
		if e.Bias != nil {
			elementwise.Add(row, row, e.Bias)
		}
		switch e.Rectifier {
		case epilogue.Leaky:
			elementwise.LeakyReLU(row, row, e.Slope)
		case epilogue.ReLU:
			elementwise.ReLU(row, row)
		}
		if e.Finish != nil {
			e.Finish(row)
		}
	}
	kerneltest.EveryWay(t, func(way string) {
		c, check := kerneltest.Guarded(t, x.c)
		MulEpilogue(p.transA, p.transB, p.m, p.n, p.k, x.a, x.lda, x.b, x.ldb, c, x.ldc, e)
		check()
		compare(t, fmt.Sprint(p, " rectifier ", e.Rectifier, " ", way), c, want, x.ldc)
	})
}

func TestGemmAllocatesNothing(t *testing.T) {
	x := problem{m: 100, n: 100, k: 100, transB: true, fill: kerneltest.Normal}.call(1)
	e := epilogue.Epilogue{Bias: make([]float32, 100), Rectifier: epilogue.Leaky}
	if n := testing.AllocsPerRun(20, func() {
		x.run(Mul, x.c)
		MulEpilogue(false, true, 100, 100, 100, x.a, x.lda, x.b, x.ldb, x.c, x.ldc, e)
	}); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
}

// Several goroutines call Mul at once.
func TestGemmConcurrent(t *testing.T) {
	kerneltest.WithProcs(t, 4)
	p := problem{m: 70, n: 80, k: 90, transB: true, fill: kerneltest.Normal}
	var wg sync.WaitGroup
	for seed := range uint64(6) {
		wg.Go(func() {
			x := p.call(seed)
			want := slices.Clone(x.c)
			x.run(reference, want)
			for range 20 {
				x.run(Mul, x.c)
				if !slices.EqualFunc(x.c, want, kerneltest.SameBits) {
					t.Errorf("%v of seed %d is not what the definition says", p, seed)
				}
			}
		})
	}
	wg.Wait()
}

func TestGemmMisuse(t *testing.T) {
	x := make([]float32, 12) // holds 3 x 4
	for what, f := range map[string]func(){
		"negative m":   func() { Mul(false, false, -1, 4, 3, x, 3, x, 4, false, x, 4) },
		"negative k":   func() { Mul(false, false, 3, 4, -1, x, 3, x, 4, false, x, 4) },
		"short A":      func() { Mul(false, false, 3, 4, 3, x[:8], 3, x, 4, false, x, 4) },
		"short B":      func() { Mul(false, false, 3, 4, 3, x, 3, x[:11], 4, false, x, 4) },
		"short C":      func() { Mul(false, false, 3, 4, 3, x, 3, x, 4, false, x[:11], 4) },
		"lda":          func() { Mul(false, false, 3, 4, 3, x, 2, x, 4, false, x, 4) },
		"lda of trans": func() { Mul(true, false, 4, 3, 3, x, 3, x, 3, false, x, 3) },
		"ldb of trans": func() { Mul(false, true, 3, 3, 4, x, 4, x, 3, false, x, 3) },
		"ldc":          func() { Mul(false, false, 3, 4, 3, x, 3, x, 4, false, x, 3) },
		"short bias":   func() { MulEpilogue(false, false, 3, 4, 3, x, 3, x, 4, x, 4, epilogue.Epilogue{Bias: x[:3]}) },
		"overflow":     func() { Mul(false, false, math.MaxInt/2, 4, 4, x, 4, x, 4, false, x, 4) },
	} {
		kerneltest.MustPanic(t, what, f)
	}
}

// The activation of a user may panic in any piece of a product.
func TestPanicOfFinish(t *testing.T) {
	const n = 200
	a, b := kerneltest.Normal(1, n*n), kerneltest.Normal(2, n*n)
	got, want := make([]float32, n*n), make([]float32, n*n)
	Mul(false, false, n, n, n, a, n, b, n, false, want, n)
	for _, procs := range []int{1, 4} {
		kerneltest.WithProcs(t, procs)
		for range 10 {
			e := epilogue.Epilogue{Finish: func([]float32) { panic("finish") }}
			if v := kerneltest.Recovered(func() { MulEpilogue(false, false, n, n, n, a, n, b, n, got, n, e) }); v != "finish" {
				t.Fatalf("recovered %v, want the panic of Finish", v)
			}
			Mul(false, false, n, n, n, a, n, b, n, false, got, n)
			compare(t, "after a panic", got, want, n)
		}
	}
}
