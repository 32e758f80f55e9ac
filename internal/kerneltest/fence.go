//go:build unix

package kerneltest

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// Fenced returns n numbers that end where a page begins that must not be touched. It shows reads
// beyond a slice, which guard words do not show.
func Fenced(t *testing.T, n int) []float32 {
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

// NothingReadOutside calls kernels at every level on slices that end before a page that must not be
// read.
func NothingReadOutside(t *testing.T, cases []Case) {
	const most = 70
	var x Buffers
	whole := x.all()
	for _, p := range whole {
		*p = Fenced(t, most)
	}
	words := Fenced(t, most)
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 4*most)
	for _, l := range Levels() {
		WithLevel(t, l)
		for _, c := range cases {
			for n := range most + 1 {
				short := Buffers{Bytes: bytes[len(bytes)-n:], Rows: 1, N: n}
				for k, p := range short.all() {
					*p = (*whole[k])[most-n:]
				}
				c.Run(&short)
			}
		}
	}
}
