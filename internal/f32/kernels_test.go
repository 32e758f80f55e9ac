package f32

import (
	"math"
	"strings"
	"testing"
)

// kernel is a kernel of up to two inputs beside its reference in float64. An exact reference rounds each operation to
// float32, which in float64 arithmetic gives the bits of float32 arithmetic. The others may differ by bound units in
// the last place, or 0.501 if bound is 0, and by another slack*|a|.
type kernel struct {
	name  string
	run   func(y, a, b []float32)
	want  func(a, b float64) float64
	exact bool
	bound float64
	slack float64
}

func unary(f func(y, x []float32)) func(y, a, b []float32) {
	return func(y, a, _ []float32) { f(y, a) }
}

func negativeSign(x float64) bool { return math.Signbit(x) && !math.IsNaN(x) }

func where(c bool, yes, no float64) float64 {
	if c {
		return yes
	}
	return no
}

const slope = 0.3

var s64 = round(slope)

var kernels = []kernel{
	{name: "LeakyReLU", exact: true,
		run:  func(y, a, _ []float32) { LeakyReLU(y, a, slope) },
		want: func(x, _ float64) float64 { return round(x * where(negativeSign(x), s64, 1)) }},
	{name: "LeakyReLUGrad", exact: true,
		run:  func(y, a, b []float32) { LeakyReLUGrad(y, a, b, slope) },
		want: func(dy, y float64) float64 { return round(dy * where(negativeSign(y), s64, 1)) }},
	{name: "ReLU", exact: true, run: unary(ReLU),
		want: func(x, _ float64) float64 { return where(negativeSign(x), 0, x) }},
	{name: "ReLUGrad", exact: true, run: ReLUGrad,
		want: func(dy, y float64) float64 { return where(y == 0, 0, dy) }},
	{name: "ELU", bound: 1.6,
		run:  func(y, a, _ []float32) { ELU(y, a, slope) },
		want: func(x, _ float64) float64 { return where(x <= 0, s64*math.Expm1(x), x) }},
	{name: "ELUGrad", exact: true,
		run:  func(y, a, b []float32) { ELUGrad(y, a, b, slope) },
		want: func(dy, y float64) float64 { return round(dy * where(negativeSign(y), round(y+s64), 1)) }},
	{name: "SiLU", bound: 2.5, run: unary(SiLU), want: func(x, _ float64) float64 { return refSiLU(x) }},
	{name: "SiLUGrad", run: SiLUGrad, slack: 2e-7, want: func(dy, x float64) float64 { return dy * refSiLUSlope(x) }},
	{name: "GELU", run: unary(GELU), want: func(x, _ float64) float64 { return refGELU(x) }},
	{name: "GELUGrad", run: GELUGrad, slack: 1e-12, want: func(dy, x float64) float64 { return dy * refGELUSlope(x) }},
	{name: "Sigmoid", bound: 2.5, run: unary(Sigmoid), want: func(x, _ float64) float64 { return 1 / (1 + math.Exp(-x)) }},
	{name: "SigmoidGrad", exact: true, run: SigmoidGrad,
		want: func(dy, y float64) float64 { return round(dy * round(y*round(1-y))) }},
	{name: "Tanh", bound: 2, run: unary(Tanh), want: func(x, _ float64) float64 { return math.Tanh(x) }},
	{name: "TanhGrad", exact: true, run: TanhGrad,
		want: func(dy, y float64) float64 { return round(dy * round(round(1-y)*round(1+y))) }},
	{name: "Softplus", bound: 2, run: unary(Softplus), want: func(x, _ float64) float64 {
		return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	}},
	{name: "SoftplusGrad", bound: 1.6, want: func(dy, y float64) float64 { return dy * -math.Expm1(-y) },
		run: func(y, a, b []float32) { // of the outputs that Softplus can have
			outputs := make([]float32, len(b))
			for i, v := range b {
				outputs[i] = float32(math.Abs(float64(v)))
			}
			SoftplusGrad(y, a, outputs)
		}},
	{name: "Add", exact: true, run: Add, want: func(a, b float64) float64 { return round(a + b) }},
	{name: "Scale", exact: true,
		run:  func(y, a, _ []float32) { Scale(y, a, slope) },
		want: func(x, _ float64) float64 { return round(x * s64) }},
	{name: "SquaredErrorGrad", exact: true,
		run:  func(y, a, b []float32) { squaredErrorGrad(y, a, b, slope) },
		want: func(y, t float64) float64 { return round(2 * s64 * round(y-t)) }},
	{name: "AbsoluteErrorGrad", exact: true,
		run: func(y, a, b []float32) { AbsoluteErrorGrad(y, a, b, slope) },
		want: func(y, t float64) float64 {
			d := round(y - t)
			return where(d > 0, s64, where(d < 0, -s64, d))
		}},
}

// squaredErrorGrad is the gradient of SquaredErrorBoth alone.
func squaredErrorGrad(dx, y, target []float32, scale float32) { SquaredErrorBoth(dx, y, target, scale) }

func limits(x, below, above float64, f func(x float64) float64) float64 {
	return where(math.IsInf(x, -1), below, where(math.IsInf(x, 1), above, f(x)))
}

func refSiLU(x float64) float64 {
	return limits(x, 0, x, func(x float64) float64 { return x / (1 + math.Exp(-x)) })
}

func refSiLUSlope(x float64) float64 {
	return limits(x, 0, 1, func(x float64) float64 { return (1 + x/(1+math.Exp(x))) / (1 + math.Exp(-x)) })
}

func refGELU(x float64) float64 {
	return limits(x, 0, x, func(x float64) float64 { return 0.5 * x * math.Erfc(-x/math.Sqrt2) })
}

func refGELUSlope(x float64) float64 {
	return limits(x, 0, 1, func(x float64) float64 {
		return 0.5*math.Erfc(-x/math.Sqrt2) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	})
}

func (k *kernel) check(t *testing.T, a, b, got []float32) (worst float64) {
	t.Helper()
	for i, v := range got {
		x, y := float64(a[i]), float64(b[i])
		if k.name == "SoftplusGrad" {
			y = math.Abs(y)
		}
		want := k.want(x, y)
		if k.exact {
			if !sameBits(v, float32(want)) {
				t.Fatalf("%s: got %g, want %g", describe(k.name, i, a[i], b[i]), v, float32(want))
			}
			continue
		}
		if k.slack > 0 && math.IsInf(x, 0) && !AllFinite(got[i:i+1]) {
			continue // an infinite gradient times a slope of about 0
		}
		u, bound := ulps(v, want), max(k.bound, 0.501)
		bound += k.slack * math.Abs(x) / ulp(want)
		if u > bound {
			t.Fatalf("%s: got %g, want %g, %.4g ulp off", describe(k.name, i, a[i], b[i]), v, want, u)
		}
		worst = max(worst, u)
	}
	return worst
}

func TestKernels(t *testing.T) {
	for _, k := range kernels {
		t.Run(k.name, func(t *testing.T) {
			for seed, n := range lengths {
				a, checkA := guarded(t, mixed(uint64(seed), n))
				b, checkB := guarded(t, mixed(uint64(seed)+100, n))
				y, checkY := guarded(t, mixed(uint64(seed)+200, n))
				a0, b0 := append([]float32{}, a...), append([]float32{}, b...)
				k.run(y, a, b)
				checkA()
				checkB()
				checkY()
				for i := range a {
					if !sameBits(a[i], a0[i]) || !sameBits(b[i], b0[i]) {
						t.Fatalf("%s: input changed", describe(k.name, i, a0[i], b0[i]))
					}
				}
				k.check(t, a, b, y)
			}
		})
	}
}

// The whole range of float32, thinned. It is also the statement of the error bound.
func TestRange(t *testing.T) {
	const n, stride = 4096, 4099 // a prime, so that all bits of the mantissa vary
	for _, k := range kernels {
		if k.exact {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			x, ones, y := make([]float32, n), make([]float32, n), make([]float32, n)
			for i := range ones {
				ones[i] = 1
			}
			a, b := x, ones
			if strings.HasSuffix(k.name, "Grad") {
				a, b = ones, x
			}
			worst := 0.0
			for bits := uint64(0); bits < 1<<32; {
				for i := range x {
					x[i] = math.Float32frombits(uint32(bits))
					bits += stride
				}
				k.run(y, a, b)
				worst = max(worst, k.check(t, a, b, y))
			}
			t.Logf("%.6f ulp at most", worst)
		})
	}
}
