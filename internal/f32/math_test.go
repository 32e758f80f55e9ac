package f32

import (
	"math"
	"testing"
)

// The scalar functions are as accurate as they say, measured against package math, including where the result or the
// argument is tiny.
func TestScalars(t *testing.T) {
	phi := func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
	for _, f := range []struct {
		name      string
		got, want func(x float64) float64
		low, high float64 // the range of exponents of |x|, base 10
		negative  bool
		bound     float64
	}{
		{"exp", exp, math.Exp, -40, 2.84, false, 1e-12},
		{"exp", exp, math.Exp, -40, 2.84, true, 1e-12},
		{"log1p", log1p, math.Log1p, -300, 0, false, 1e-13},
		{"normalTail", func(x float64) float64 { _, e, r := normalTail(x); return e * r }, phi, -40, 1.301, true, 3e-12},
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

// Gradients against central differences of the function itself in float64.
func TestGradients(t *testing.T) {
	const h = 1e-5
	elu := func(x float64) float64 { return where(x < 0, s64*math.Expm1(x), x) }
	for _, g := range []struct {
		name    string
		f       func(x float64) float64
		forward func(y, x []float32) // nil: the gradient is from the input
		grad    func(dx, dy, y []float32)
	}{
		{"LeakyReLU", func(x float64) float64 { return where(x < 0, s64*x, x) },
			func(y, x []float32) { LeakyReLU(y, x, slope) },
			func(dx, dy, y []float32) { LeakyReLUGrad(dx, dy, y, slope) }},
		{"ReLU", func(x float64) float64 { return math.Max(x, 0) }, ReLU, ReLUGrad},
		{"ELU", elu, func(y, x []float32) { ELU(y, x, slope) },
			func(dx, dy, y []float32) { ELUGrad(dx, dy, y, slope) }},
		{"SiLU", refSiLU, nil, SiLUGrad},
		{"GELU", refGELU, nil, GELUGrad},
		{"Sigmoid", func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, Sigmoid, SigmoidGrad},
		{"Tanh", math.Tanh, Tanh, TanhGrad},
		{"Softplus", func(x float64) float64 { return math.Log1p(math.Exp(x)) }, Softplus, SoftplusGrad},
		{"SquaredError", func(x float64) float64 { return s64 * (x - 0.25) * (x - 0.25) }, nil,
			func(dx, dy, x []float32) { lossGrad(dx, dy, x, squaredErrorGrad) }},
		{"AbsoluteError", func(x float64) float64 { return s64 * math.Abs(x-0.25) }, nil,
			func(dx, dy, x []float32) { lossGrad(dx, dy, x, AbsoluteErrorGrad) }},
		{"LogisticLoss", func(z float64) float64 { return s64 * (math.Log1p(math.Exp(z)) - z*0.25) }, nil,
			func(dx, dy, x []float32) { lossGrad(dx, dy, x, LogisticLossGrad) }},
	} {
		x, dy := normal(1, 1000), normal(2, 1000)
		y, dx := x, make([]float32, len(x))
		if g.forward != nil {
			y = make([]float32, len(x))
			g.forward(y, x)
		}
		g.grad(dx, dy, y)
		for i := range x {
			v := float64(x[i])
			if math.Abs(v) < 2*h || math.Abs(v-0.25) < 2*h {
				continue // where a bend would lie within the difference
			}
			want := float64(dy[i]) * (g.f(v+h) - g.f(v-h)) / (2 * h)
			if math.Abs(float64(dx[i])-want) > 1e-6*math.Abs(float64(dy[i])) {
				t.Fatalf("%s: gradient at %g times %g is %g, the difference gives %g", g.name, v, dy[i], dx[i], want)
			}
		}
	}
}

// lossGrad is the gradient of a loss against the target 0.25, with dy as its scale.
func lossGrad(dx, dy, x []float32, grad func(dx, y, target []float32, scale float32)) {
	for i := range x {
		grad(dx[i:i+1], x[i:i+1], []float32{0.25}, slope*dy[i])
	}
}

func TestSpecialValues(t *testing.T) {
	zero := float32(math.Copysign(0, -1))
	in := []float32{inf, -inf, nan, 0, zero, -2}
	for _, c := range []struct {
		name string
		run  func(y, x []float32)
		want []float32
	}{
		{"LeakyReLU", func(y, x []float32) { LeakyReLU(y, x, 0.5) }, []float32{inf, -inf, nan, 0, zero, -1}},
		{"ReLU", ReLU, []float32{inf, 0, nan, 0, 0, 0}},
		{"ELU", func(y, x []float32) { ELU(y, x, 2) }, []float32{inf, -2, nan, 0, 0, -1.7293295}},
		{"SiLU", SiLU, []float32{inf, zero, nan, 0, zero, -0.23840584}},
		{"GELU", GELU, []float32{inf, zero, nan, 0, zero, -0.045500264}},
		{"Sigmoid", Sigmoid, []float32{1, 0, nan, 0.5, 0.5, 0.11920292}},
		{"Tanh", Tanh, []float32{1, -1, nan, 0, zero, -0.9640276}},
		{"Softplus", Softplus, []float32{inf, 0, nan, 0.6931472, 0.6931472, 0.12692802}},
	} {
		y := make([]float32, len(in))
		c.run(y, in)
		for i, v := range in {
			if !sameBits(y[i], c.want[i]) && (v != -2 || ulps(y[i], float64(c.want[i])) > 2) {
				t.Errorf("%s(%g) is %g, want %g", c.name, in[i], y[i], c.want[i])
			}
		}
	}
}
