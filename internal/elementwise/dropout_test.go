package elementwise

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

func TestDropout(t *testing.T) {
	const n, key, step = 100000, 7, 3
	for _, keep := range []float32{1e-3, 0.1, 0.5, 0.9, 1} {
		x, check := kerneltest.Guarded(t, kerneltest.Normal(1, n))
		y, checkY := kerneltest.Guarded(t, kerneltest.Normal(2, n))
		Dropout(y, x, keep, random.Sub(key, step))
		check()
		checkY()
		kept := 0.0
		for i, v := range y {
			want := float32(0)
			if u := float64(random.Hash(random.Sub(key, step), uint64(i))>>32) / (1 << 32); u < float64(keep) {
				want = x[i] / keep
				kept++
			}
			if !kerneltest.SameBits(v, want) {
				t.Fatalf("keep %g: element %d is %g, want %g", keep, i, v, want)
			}
		}
		p := float64(keep)
		if sigma := math.Sqrt(n * p * (1 - p)); math.Abs(kept-n*p) > 4*sigma {
			t.Errorf("keep %g: kept %g of %d", keep, kept, n)
		}
	}
}

func TestDropoutDependsOnKeyAndStep(t *testing.T) {
	const n = 1000
	x, masks := make([]float32, n), map[string]bool{}
	for i := range x {
		x[i] = 1
	}
	for _, c := range [][2]uint64{{1, 1}, {1, 2}, {2, 1}, {1, 1}} {
		y, mask := make([]float32, n), make([]byte, n)
		Dropout(y, x, 0.5, random.Sub(c[0], c[1]))
		for i, v := range y {
			mask[i] = byte(v)
		}
		masks[string(mask)] = true
	}
	if len(masks) != 3 {
		t.Errorf("three pairs of key and step gave %d masks", len(masks))
	}
}

// An element that is dropped is 0, also where it is not finite.
func TestDropoutOfNaN(t *testing.T) {
	x, y := make([]float32, 64), make([]float32, 64)
	for i := range x {
		x[i] = kerneltest.NaN
	}
	Dropout(y, x, 1e-9, 1)
	for i, v := range y {
		if math.Float32bits(v) != 0 {
			t.Errorf("element %d is %g", i, v)
		}
	}
}
