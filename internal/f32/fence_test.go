//go:build unix

package f32

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// fenced returns n numbers that end where memory that must not be touched begins.
func fenced(t *testing.T, n int) []float32 {
	t.Helper()
	page := os.Getpagesize()
	size := (4*n + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mprotect(all[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&all[size-4*n])), n)
}

// No kernel reads beyond its slices: guard words would not show it.
func TestNothingIsReadOutside(t *testing.T) {
	const most = 70
	var x buffers
	whole := []*[]float32{&x.y, &x.a, &x.b, &x.c, &x.unit, &x.cols}
	for _, p := range whole {
		*p = fenced(t, most)
	}
	words := fenced(t, most)
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 4*most)
	for _, l := range levels() {
		withLevel(t, l)
		for _, c := range elementwiseCases() {
			for n := range most + 1 {
				short := buffers{bytes: bytes[len(bytes)-n:], rows: 1, nCols: n}
				for k, p := range []*[]float32{&short.y, &short.a, &short.b, &short.c, &short.unit, &short.cols} {
					*p = (*whole[k])[most-n:]
				}
				c.run(&short)
			}
		}
	}
}

// Nor does the matrix product, whichever of its operands ends at the fence.
func TestGemmReadsNothingOutside(t *testing.T) {
	const most = 35
	var whole [3][]float32
	for i := range whole {
		whole[i] = fenced(t, most*most)
	}
	last := func(i, n int) []float32 { return whole[i][most*most-n:] }
	for _, l := range levels() {
		withLevel(t, l)
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
					Gemm(transA, transB, m, n, k, last(0, m*k), lda, last(1, k*n), ldb, bits&4 != 0, last(2, m*n), n)
				}
			}
		}
	}
}
