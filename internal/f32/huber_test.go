package f32

import (
	"math"
	"testing"
)

func TestHuber(t *testing.T) {
	for _, n := range sumLengths {
		y, check := guarded(t, normal(1, n))
		target, checkTarget := guarded(t, uniform(2, n))
		term := func(i int) float64 {
			d := math.Abs(round(float64(y[i]) - float64(target[i])))
			if d > 1 {
				return d - 0.5
			}
			return d * d / 2
		}
		if got, want := Huber(y, target, slope), float32(s64*treeSum(n, term)); got != want {
			t.Errorf("Huber of %d is %v, want %v", n, got, want)
		}
		dx, checkGradient := guarded(t, make([]float32, n))
		HuberGrad(dx, y, target, slope)
		for i, d := range dx {
			if want := float32(s64 * max(-1, min(1, round(float64(y[i])-float64(target[i]))))); d != want {
				t.Errorf("the gradient of %v for %v is %v, want %v", y[i], target[i], d, want)
			}
		}
		check()
		checkTarget()
		checkGradient()
		for i := 0; i < n; i += 1 + n/7 {
			v := y[i]
			y[i] = nan
			HuberGrad(dx, y, target, slope)
			if got := Huber(y, target, slope); got == got || dx[i] == dx[i] {
				t.Errorf("Huber of %d with a NaN at %d is %v, its gradient %v", n, i, got, dx[i])
			}
			y[i] = v
		}
	}
	dx := make([]float32, 3)
	HuberGrad(dx, []float32{inf, -inf, 0}, []float32{0, 0, inf}, 2)
	if dx[0] != 2 || dx[1] != -2 || dx[2] != -2 {
		t.Errorf("the gradients of infinite differences are %v", dx)
	}
	mustPanic(t, "Huber", func() { Huber(dx, dx[:2], 1) })
	mustPanic(t, "HuberGrad", func() { HuberGrad(dx[:2], dx, dx, 1) })
}
