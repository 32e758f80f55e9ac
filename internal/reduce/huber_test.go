package reduce

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestHuber(t *testing.T) {
	for _, n := range kerneltest.SumLengths {
		y, check := kerneltest.Guarded(t, kerneltest.Normal(1, n))
		target, checkTarget := kerneltest.Guarded(t, kerneltest.Uniform(2, n))
		term := func(i int) float64 {
			d := math.Abs(kerneltest.Round(float64(y[i]) - float64(target[i])))
			if d > 1 {
				return d - 0.5
			}
			return d * d / 2
		}
		if got, want := Huber(y, target, slope), float32(s64*kerneltest.TreeSum(n, term)); got != want {
			t.Errorf("Huber of %d is %v, want %v", n, got, want)
		}
		dx, checkGradient := kerneltest.Guarded(t, make([]float32, n))
		HuberGrad(dx, y, target, slope)
		for i, d := range dx {
			if want := float32(s64 * max(-1, min(1, kerneltest.Round(float64(y[i])-float64(target[i]))))); d != want {
				t.Errorf("the gradient of %v for %v is %v, want %v", y[i], target[i], d, want)
			}
		}
		check()
		checkTarget()
		checkGradient()
		for i := 0; i < n; i += 1 + n/7 {
			v := y[i]
			y[i] = kerneltest.NaN
			HuberGrad(dx, y, target, slope)
			if got := Huber(y, target, slope); got == got || dx[i] == dx[i] {
				t.Errorf("Huber of %d with a NaN at %d is %v, its gradient %v", n, i, got, dx[i])
			}
			y[i] = v
		}
	}
	dx := make([]float32, 3)
	HuberGrad(dx, []float32{kerneltest.Inf, -kerneltest.Inf, 0}, []float32{0, 0, kerneltest.Inf}, 2)
	if dx[0] != 2 || dx[1] != -2 || dx[2] != -2 {
		t.Errorf("the gradients of infinite differences are %v", dx)
	}
	kerneltest.MustPanic(t, "Huber", func() { Huber(dx, dx[:2], 1) })
	kerneltest.MustPanic(t, "HuberGrad", func() { HuberGrad(dx[:2], dx, dx, 1) })
	if n := testing.AllocsPerRun(10, func() { Huber(dx, dx, 1); HuberGrad(dx, dx, dx, 1) }); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
}
