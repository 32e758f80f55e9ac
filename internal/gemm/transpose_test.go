package gemm

import (
	"runtime"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestTranspose(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(procs)
		for seed, s := range [][3]int{{0, 3, 4}, {2, 0, 3}, {1, 1, 1}, {5, 1, 7}, {3, 7, 1}, {4, 3, 17}, {2, 17, 33}, {90, 28, 28}} {
			count, m, n := s[0], s[1], s[2]
			x, checkX := kerneltest.Guarded(t, kerneltest.Normal(uint64(seed), count*m*n))
			y, checkY := kerneltest.Guarded(t, kerneltest.Normal(99, count*m*n))
			Transpose(y, x, count, m, n)
			checkX()
			checkY()
			for k := range count {
				for i := range m {
					for j := range n {
						if got, want := y[(k*n+j)*m+i], x[(k*m+i)*n+j]; got != want {
							t.Fatalf("%v: element (%d, %d, %d) is %g, want %g", s, k, i, j, got, want)
						}
					}
				}
			}
		}
	}
	kerneltest.MustPanic(t, "a short output", func() { Transpose(make([]float32, 5), make([]float32, 6), 1, 2, 3) })
	kerneltest.MustPanic(t, "another size", func() { Transpose(make([]float32, 6), make([]float32, 6), 1, 2, 2) })
}
