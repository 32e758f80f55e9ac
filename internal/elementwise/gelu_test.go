package elementwise

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// TestGELUIsAccurate is the statement of the errors of GELU and its gradient. It takes one in 61 of
// all numbers between 2^-12 and 16, which is four millions. With a stride of 1 the bounds hold too;
// then the largest errors are 5.239 ulp, 3.138 ulp, 7.85e-08 and 1.28e-07. TestRange goes beyond.
func TestGELUIsAccurate(t *testing.T) {
	const n, low, high = 4096, 0x39800000, 0x41800000 // the bits of 2^-12 and 16
	stride := uint32(61)                              // a prime
	if testing.Short() {
		stride = 6101
	}
	x, y, slopes := make([]float32, n), make([]float32, n), make([]float32, n)
	ones := make([]float32, n)
	for i := range ones {
		ones[i] = 1
	}
	var far, near, relative, gradient float64
	for _, sign := range []uint32{0, 1 << 31} {
		for bits := uint32(low); bits < high; {
			for i := range x {
				x[i] = math.Float32frombits(min(bits, high) | sign)
				bits += stride
			}
			GELU(y, x)
			GELUGrad(slopes, ones, x)
			for i, v := range x {
				v64, want := float64(v), refGELU(float64(v))
				ulps := kerneltest.Ulps(y[i], want)
				if far = max(far, ulps); v >= -1 {
					near = max(near, ulps)
				}
				relative = max(relative, math.Abs(float64(y[i])-want)/max(1, math.Abs(v64)))
				gradient = max(gradient, math.Abs(float64(slopes[i])-refGELUSlope(v64)))
				if math.Signbit(float64(y[i])) != math.Signbit(v64) || y[i] > max(v, 0) || y[i] < -0.1699713 {
					t.Fatalf("GELU(%g) is %g, out of its range", v, y[i])
				}
			}
		}
	}
	t.Logf("%.3f ulp, %.3f from -1 up, %.3g of max(1, |x|); slope %.3g", far, near, relative, gradient)
	if !(far <= 5.3 && near <= 3.2 && relative <= 8e-8 && gradient <= 1.3e-7) {
		t.Error("want at most 5.3 ulp, 3.2 from -1 up, 8e-08 of max(1, |x|); slope 1.3e-07")
	}
}

// In the tail, the slope is accurate relative to its own size.
func TestGELUSlopeTail(t *testing.T) {
	for v := float32(-13); v < -2; v += 0x1p-10 {
		var slope [1]float32
		GELUGrad(slope[:], []float32{1}, []float32{v})
		if want := refGELUSlope(float64(v)); !(math.Abs(float64(slope[0])/want-1) <= 1e-6) {
			t.Fatalf("the slope of GELU at %g is %g, want %g", v, slope[0], want)
		}
	}
}

// In the tail GELU falls to the smallest subnormal and then to -0. It does not stop early.
func TestGELUTail(t *testing.T) {
	x := []float32{-13, -13.5, -14, -14.1, -14.2, -14.3, -15, -20, -1e10, -math.MaxFloat32}
	y := make([]float32, len(x))
	GELU(y, x)
	for i, v := range x {
		want := float32(refGELU(float64(v)))
		if d := math.Abs(float64(y[i] - want)); d > 6*kerneltest.Ulp(float64(want)) || want == 0 && y[i] != 0 || !math.Signbit(float64(y[i])) {
			t.Errorf("GELU(%g) is %g, want %g", v, y[i], want)
		}
	}
}
