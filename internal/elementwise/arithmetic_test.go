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
