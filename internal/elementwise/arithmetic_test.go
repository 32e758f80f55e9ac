package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestFromBytes(t *testing.T) {
	for _, n := range append(kerneltest.Lengths, 256) {
		x := make([]byte, n)
		for i := range x {
			x[i] = byte(i)
		}
		y, check := kerneltest.Guarded(t, kerneltest.Normal(1, n))
		FromBytes(y, x)
		check()
		for i, v := range y {
			if want := float32(float64(x[i]) / 255); v != want {
				t.Fatalf("byte %d gives %g, want %g", x[i], v, want)
			}
		}
	}
}

// Each row is that of FromBytes, on any number of goroutines.
func TestFromByteRows(t *testing.T) {
	const rows, width = 50, 783
	x, want := make([][]byte, rows), make([]float32, rows*width)
	for r := range x {
		x[r] = make([]byte, width)
		for i := range x[r] {
			x[r][i] = byte(r*31 + i)
		}
		FromBytes(want[r*width:][:width], x[r])
	}
	kerneltest.EveryWay(t, func(way string) {
		y, check := kerneltest.Guarded(t, kerneltest.NaNs(rows*width))
		FromByteRows(y, x)
		check()
		kerneltest.WantSlice(t, way, y, want)
	})
	FromByteRows(nil, nil)
}
