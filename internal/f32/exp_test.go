package f32

import (
	"math"
	"testing"
)

// The functions are as accurate as their comments say, measured against package math. That holds
// where the result or the argument is tiny too.
func TestScalars(t *testing.T) {
	for _, f := range []struct {
		name      string
		got, want func(x float64) float64
		low, high float64 // the range of exponents of |x|, base 10
		negative  bool
		bound     float64
	}{
		{"exp", Exp, math.Exp, -40, 2.84, false, 1e-12},
		{"exp", Exp, math.Exp, -40, 2.84, true, 1e-12},
		{"log1p", Log1p, math.Log1p, -300, 0, false, 1e-13},
		{"log", Log, math.Log, -300, 301, false, 1e-13},
		{"log", Log, math.Log, -1, 1.1, false, 1e-13},
	} {
		const steps = 20000
		worst := 0.0
		for i := range steps + 1 {
			x := math.Pow(10, f.low+(f.high-f.low)*float64(i)/steps)
			if f.negative {
				x = -x
			}
			worst = max(worst, math.Abs(f.got(x)/f.want(x)-1))
		}
		if !(worst <= f.bound) {
			t.Errorf("%s: relative error %g, want at most %g", f.name, worst, f.bound)
		}
	}
}
