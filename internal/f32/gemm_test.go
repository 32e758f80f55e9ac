package f32

import (
	"fmt"
	"math"
	"testing"
)

// strided returns a rows x cols matrix with that leading dimension, whose padding is NaN.
func strided(seed uint64, rows, cols, ld int) []float32 {
	if rows == 0 || cols == 0 {
		return nil
	}
	x := make([]float32, (rows-1)*ld+cols)
	values := normal(seed, rows*cols)
	for i := range x {
		if x[i] = nan; i%ld < cols {
			x[i] = values[i/ld*cols+i%ld]
		}
	}
	return x
}

func TestGemm(t *testing.T) {
	for _, s := range [][3]int{
		{1, 1, 1}, {2, 3, 5}, {17, 1, 16}, {1, 17, 33}, {16, 15, 1}, {65, 66, 67}, {130, 70, 3}, {3, 2, 0}, {0, 4, 4}, {4, 0, 4},
	} {
		for bits := range 8 {
			transA, transB, add := bits&1 != 0, bits&2 != 0, bits&4 != 0
			t.Run(fmt.Sprint(s, transA, transB, add), func(t *testing.T) { testGemm(t, transA, transB, s[0], s[1], s[2], add) })
		}
	}
}

func testGemm(t *testing.T, transA, transB bool, m, n, k int, add bool) {
	rowsA, colsA, rowsB, colsB := m, k, k, n
	if transA {
		rowsA, colsA = k, m
	}
	if transB {
		rowsB, colsB = n, k
	}
	lda, ldb, ldc := colsA+3, colsB+1, n+5
	a, checkA := guarded(t, strided(1, rowsA, colsA, lda))
	b, checkB := guarded(t, strided(2, rowsB, colsB, ldb))
	c0 := strided(3, m, n, ldc)
	if !add {
		for i := range c0 {
			c0[i] = nan
		}
	}
	c, checkC := guarded(t, c0)
	Gemm(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc)
	checkA()
	checkB()
	checkC()
	at := func(x []float32, trans bool, i, j, ld int) float64 {
		if trans {
			i, j = j, i
		}
		return float64(x[i*ld+j])
	}
	for i := range c {
		row, col := i/ldc, i%ldc
		if col >= n {
			if c[i] == c[i] {
				t.Fatalf("wrote between two rows of C, at %d", i)
			}
			continue
		}
		want, size := 0.0, 0.0
		if add {
			want = float64(c0[i])
			size = math.Abs(want)
		}
		for l := range k {
			product := at(a, transA, row, l, lda) * at(b, transB, l, col, ldb)
			want += product
			size += math.Abs(product)
		}
		if !(math.Abs(float64(c[i])-want) <= float64(k+1)*0x1p-24*size) {
			t.Fatalf("c[%d,%d] is %g, want %g", row, col, c[i], want)
		}
	}
}

func TestGemmMisuse(t *testing.T) {
	x := make([]float32, 12) // holds 3 x 4
	for what, f := range map[string]func(){
		"negative m":   func() { Gemm(false, false, -1, 4, 3, x, 3, x, 4, false, x, 4) },
		"negative k":   func() { Gemm(false, false, 3, 4, -1, x, 3, x, 4, false, x, 4) },
		"short A":      func() { Gemm(false, false, 3, 4, 3, x[:8], 3, x, 4, false, x, 4) },
		"short B":      func() { Gemm(false, false, 3, 4, 3, x, 3, x[:11], 4, false, x, 4) },
		"short C":      func() { Gemm(false, false, 3, 4, 3, x, 3, x, 4, false, x[:11], 4) },
		"lda":          func() { Gemm(false, false, 3, 4, 3, x, 2, x, 4, false, x, 4) },
		"lda of trans": func() { Gemm(true, false, 4, 3, 3, x, 3, x, 3, false, x, 3) },
		"ldb of trans": func() { Gemm(false, true, 3, 3, 4, x, 4, x, 3, false, x, 3) },
		"ldc":          func() { Gemm(false, false, 3, 4, 3, x, 3, x, 4, false, x, 3) },
		"overflow":     func() { Gemm(false, false, math.MaxInt/2, 4, 4, x, 4, x, 4, false, x, 4) },
	} {
		mustPanic(t, what, f)
	}
}
