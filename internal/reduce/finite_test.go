package reduce

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestAllFinite(t *testing.T) {
	for _, n := range kerneltest.Lengths {
		x := kerneltest.Normal(1, n)
		for i := range x {
			x[i] = math.Float32frombits(math.Float32bits(math.MaxFloat32) ^ uint32(i)<<31)
		}
		if !AllFinite(x) {
			t.Fatalf("%d finite numbers are not called finite", n)
		}
		for i, v := range x {
			for _, bad := range []float32{kerneltest.Inf, -kerneltest.Inf, kerneltest.NaN, -kerneltest.NaN, math.Float32frombits(0xff800001)} {
				if x[i] = bad; AllFinite(x) {
					t.Fatalf("%g at %d of %d is called finite", bad, i, n)
				}
			}
			x[i] = v
		}
	}
}
