//go:build unix

package gemm

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// Mul reads nothing outside of its operands. Each of them ends at the fence.
func TestMulReadsNothingOutside(t *testing.T) {
	const most = 51
	var whole [3][]float32
	for i := range whole {
		whole[i] = kerneltest.Fenced(t, most*most)
	}
	last := func(i, n int) []float32 { return whole[i][most*most-n:] }
	for _, l := range kerneltest.Levels() {
		kerneltest.WithLevel(t, l)
		for m := 1; m <= most; m++ {
			for n := 1; n <= most; n++ {
				k := 1 + (m+n)%3
				for bits := range 8 {
					transA, transB, lda, ldb := bits&1 != 0, bits&2 != 0, k, n
					if transA {
						lda = m
					}
					if transB {
						ldb = k
					}
					Mul(transA, transB, m, n, k, last(0, m*k), lda, last(1, k*n), ldb, bits&4 != 0, last(2, m*n), n)
				}
			}
		}
	}
}

// Lists read nothing outside of the operands, which end at the fence.
func TestSparseReadsNothingOutside(t *testing.T) {
	for seed, p := range sparseShapes {
		p.fill = ink(0.2, kerneltest.Normal)
		x := p.call(uint64(seed))
		for _, s := range []*[]float32{&x.a, &x.b, &x.c} {
			fenced := kerneltest.Fenced(t, len(*s))
			copy(fenced, *s)
			*s = fenced
		}
		for _, l := range kerneltest.Levels() {
			kerneltest.WithLevel(t, l)
			x.run(Mul, x.c)
		}
	}
}

// Tiles whose terms are in parts read nothing outside of the operands, and need no more room for the sums that wait than
// they say.
func TestTreeReadsNothingOutside(t *testing.T) {
	const k, parts = 2, 4
	for _, l := range kerneltest.Levels() {
		kerneltest.WithLevel(t, l)
		kn := kernels(l)
		if kn.tree == nil {
			continue
		}
		lanes := kn.cols / 2
		for rows := 2; rows <= kn.rows; rows++ {
			most := kn.cols
			if rows <= kn.wideRows {
				most = kn.wideCols
			}
			for cols := 1; cols <= most; cols++ {
				room := 2 * rows * ((cols + lanes - 1) / lanes * lanes)
				fenced := func(n int) []float32 { return kerneltest.Fenced(t, n) }
				kn.tree(rows, cols, k, parts, fenced(k*parts*rows), rows, fenced(k*parts*cols), cols, fenced(rows*cols), cols, fenced(room))
			}
		}
	}
}
