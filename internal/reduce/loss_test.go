package reduce

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestSums(t *testing.T) {
	for _, n := range kerneltest.SumLengths {
		x, target := kerneltest.Normal(1, n), kerneltest.Uniform(2, n)
		d := func(i int) float64 { return kerneltest.Round(float64(x[i]) - float64(target[i])) }
		if got, want := SumSquares(x), kerneltest.TreeSum(n, func(i int) float64 { return float64(x[i]) * float64(x[i]) }); got != want {
			t.Errorf("SumSquares of %d is %v, want %v", n, got, want)
		}
		got, want := SquaredError(x, target, slope), float32(s64*kerneltest.TreeSum(n, func(i int) float64 { return d(i) * d(i) }))
		if got != want {
			t.Errorf("SquaredError of %d is %v, want %v", n, got, want)
		}
		got, want = AbsoluteError(x, target, slope), float32(s64*kerneltest.TreeSum(n, func(i int) float64 { return math.Abs(d(i)) }))
		if got != want {
			t.Errorf("AbsoluteError of %d is %v, want %v", n, got, want)
		}
	}
}

// Each loss agrees with the plain formula, and a NaN at any place makes it NaN.
func TestLosses(t *testing.T) {
	for _, l := range []struct {
		name string
		run  func(y, target []float32, scale float32) float32
		term func(y, t float64) float64
	}{
		{"SquaredError", SquaredError, func(y, t float64) float64 { return (y - t) * (y - t) }},
		{"AbsoluteError", AbsoluteError, func(y, t float64) float64 { return math.Abs(y - t) }},
		{"LogisticLoss", LogisticLoss, func(z, t float64) float64 {
			return -t*math.Log(1/(1+math.Exp(-z))) - (1-t)*math.Log(1/(1+math.Exp(z)))
		}},
	} {
		for _, n := range kerneltest.SumLengths {
			y, check := kerneltest.Guarded(t, kerneltest.Normal(1, n))
			target, checkTarget := kerneltest.Guarded(t, kerneltest.Uniform(2, n))
			want := 0.0
			for i := range y {
				want += s64 * l.term(float64(y[i]), float64(target[i]))
			}
			if got := float64(l.run(y, target, slope)); math.Abs(got-want) > 2e-7*want {
				t.Errorf("%s of %d is %g, want %g", l.name, n, got, want)
			}
			check()
			checkTarget()
			for i := 0; i < n; i += 1 + n/7 {
				v := y[i]
				if y[i] = kerneltest.NaN; l.run(y, target, slope) == l.run(y, target, slope) {
					t.Errorf("%s of %d with a NaN at %d is not NaN", l.name, n, i)
				}
				y[i] = v
			}
		}
	}
}

// A logit far on the right side has a tiny loss and gradient. Cancellation would destroy them.
func TestLogisticTails(t *testing.T) {
	for _, z := range []float32{-104, -60, -30, -5, -1e-3, 0, 1e-3, 5, 30, 60, 104} {
		for _, target := range []float32{0, 1, 0.25} {
			x, y := float64(z), float64(target)
			loss := (1-y)*math.Log1p(math.Exp(x)) + y*math.Log1p(math.Exp(-x))
			grad := (1-y)/(1+math.Exp(-x)) - y/(1+math.Exp(x))
			if u := kerneltest.Ulps(LogisticLoss([]float32{z}, []float32{target}, 1), loss); u > 0.501 {
				t.Errorf("loss of %g for %g is %g ulp off", z, target, u)
			}
			dx := make([]float32, 1)
			LogisticLossGrad(dx, []float32{z}, []float32{target}, 1)
			if u := kerneltest.Ulps(dx[0], grad); u > 0.501 {
				t.Errorf("gradient of %g for %g is %g, %g ulp off", z, target, dx[0], u)
			}
		}
	}
	dx := make([]float32, 3)
	LogisticLossGrad(dx, []float32{kerneltest.Inf, -kerneltest.Inf, kerneltest.NaN}, []float32{0.25, 0.25, 0}, 2)
	if dx[0] != 1.5 || dx[1] != -0.5 || dx[2] == dx[2] {
		t.Errorf("gradients of +Inf, -Inf and NaN are %g, want 1.5, -0.5 and NaN", dx)
	}
}
