package f32

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

func TestFromBytes(t *testing.T) {
	for _, n := range append(lengths, 256) {
		x := make([]byte, n)
		for i := range x {
			x[i] = byte(i)
		}
		y, check := guarded(t, normal(1, n))
		FromBytes(y, x)
		check()
		for i, v := range y {
			if want := float32(float64(x[i]) / 255); v != want {
				t.Fatalf("byte %d gives %g, want %g", x[i], v, want)
			}
		}
	}
}

func TestAllFinite(t *testing.T) {
	for _, n := range lengths {
		x := normal(1, n)
		for i := range x {
			x[i] = math.Float32frombits(math.Float32bits(math.MaxFloat32) ^ uint32(i)<<31)
		}
		if !AllFinite(x) {
			t.Fatalf("%d finite numbers are not called finite", n)
		}
		for i, v := range x {
			for _, bad := range []float32{inf, -inf, nan, -nan, math.Float32frombits(0xff800001)} {
				if x[i] = bad; AllFinite(x) {
					t.Fatalf("%g at %d of %d is called finite", bad, i, n)
				}
			}
			x[i] = v
		}
	}
}

func TestDropout(t *testing.T) {
	const n, key, step = 100000, 7, 3
	for _, keep := range []float32{1e-3, 0.1, 0.5, 0.9, 1} {
		x, check := guarded(t, normal(1, n))
		y, checkY := guarded(t, normal(2, n))
		Dropout(y, x, keep, key, step)
		check()
		checkY()
		kept := 0.0
		for i, v := range y {
			want := float32(0)
			if u := float64(random.Hash(random.Sub(key, step), uint64(i))>>32) / (1 << 32); u < float64(keep) {
				want = x[i] / keep
				kept++
			}
			if !sameBits(v, want) {
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
		Dropout(y, x, 0.5, c[0], c[1])
		for i, v := range y {
			mask[i] = byte(v)
		}
		masks[string(mask)] = true
	}
	if len(masks) != 3 {
		t.Errorf("three pairs of key and step gave %d masks", len(masks))
	}
}

// An element that is dropped is 0 even where it is not finite.
func TestDropoutOfNaN(t *testing.T) {
	x, y := make([]float32, 64), make([]float32, 64)
	for i := range x {
		x[i] = nan
	}
	Dropout(y, x, 1e-9, 1, 1)
	for i, v := range y {
		if math.Float32bits(v) != 0 {
			t.Errorf("element %d is %g", i, v)
		}
	}
}
