package reduce

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

var shapes = [][2]int{{0, 0}, {0, 5}, {5, 0}, {1, 1}, {2, 3}, {3, 17}, {4, 16}, {5, 15}, {8, 1}, {1, 1000}, {257, 2}}

func TestColumnSums(t *testing.T) {
	for _, s := range shapes {
		rows, n := s[0], s[1]
		for seed, draw := range []func(uint64, int) []float32{kerneltest.Normal, kerneltest.Mixed} {
			x, check := kerneltest.Guarded(t, draw(uint64(seed), rows*n))
			y, checkY := kerneltest.Guarded(t, kerneltest.Mixed(2, n))
			ColumnSums(y, rows, n, x)
			check()
			checkY()
			for j, v := range y {
				want := 0.0
				for r := range rows {
					want = kerneltest.Round(want + float64(x[r*n+j]))
				}
				if !kerneltest.SameBits(v, float32(want)) {
					t.Fatalf("%d x %d: column %d is %g, want %g", rows, n, j, v, want)
				}
			}
		}
	}
}
