package reduce

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestDivergence(t *testing.T) {
	for _, c := range [][2]int{{1, 1}, {3, 2}, {5, 3}, {2, 20}, {700, 7}} {
		rows, n := c[0], c[1]
		x := kerneltest.Normal(3, rows*2*n)
		dx, check := kerneltest.Guarded(t, make([]float32, len(x)))
		DivergenceGrad(dx, x, rows, n, slope)
		check()
		want := 0.0
		for r := range rows {
			for j := range n {
				mean, logvar := float64(x[2*r*n+j]), float64(x[2*r*n+n+j])
				want += s64 * -0.5 * (1 + logvar - mean*mean - math.Exp(logvar))
				if u := kerneltest.Ulps(dx[2*r*n+j], s64*mean); u > 0.51 {
					t.Fatalf("%v: the gradient of mean %d, %d is %v ulp off", c, r, j, u)
				}
				if u := kerneltest.Ulps(dx[2*r*n+n+j], s64*math.Expm1(logvar)/2); u > 1 {
					t.Fatalf("%v: the gradient of variance %d, %d is %v ulp off", c, r, j, u)
				}
			}
		}
		if got := float64(Divergence(x, rows, n, slope)); math.Abs(got-want) > 1e-7*want {
			t.Errorf("%v: the divergence is %v, want %v", c, got, want)
		}
	}
	if d := Divergence(make([]float32, 8), 2, 2, 1); d != 0 {
		t.Errorf("of the standard normal distribution the divergence from itself is %v", d)
	}
	x := []float32{kerneltest.NaN, kerneltest.NaN}
	if d := Divergence(x, 1, 1, 1); d == d {
		t.Errorf("of NaN the divergence is %v", d)
	}
	kerneltest.MustPanic(t, "Divergence", func() { Divergence(x, 1, 2, 1) })
	kerneltest.MustPanic(t, "DivergenceGrad", func() { DivergenceGrad(x[:1], x, 1, 1, 1) })
}
