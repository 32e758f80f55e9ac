package elementwise

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// Gradients against central differences of the function itself in float64.
func TestGradients(t *testing.T) {
	const h = 1e-5
	elu := func(x float64) float64 { return kerneltest.Where(x < 0, s64*math.Expm1(x), x) }
	for _, g := range []struct {
		name    string
		f       func(x float64) float64
		forward func(y, x []float32) // nil if the gradient is from the input
		grad    func(dx, dy, y []float32)
	}{
		{"LeakyReLU", func(x float64) float64 { return kerneltest.Where(x < 0, s64*x, x) },
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
	} {
		x, dy := kerneltest.Normal(1, 1000), kerneltest.Normal(2, 1000)
		y, dx := x, make([]float32, len(x))
		if g.forward != nil {
			y = make([]float32, len(x))
			g.forward(y, x)
		}
		g.grad(dx, dy, y)
		for i := range x {
			v := float64(x[i])
			if math.Abs(v) < 2*h {
				continue // a bend may lie within the difference
			}
			want := float64(dy[i]) * (g.f(v+h) - g.f(v-h)) / (2 * h)
			if math.Abs(float64(dx[i])-want) > 1e-6*math.Abs(float64(dy[i])) {
				t.Fatalf("%s: gradient at %g times %g is %g, the difference gives %g", g.name, v, dy[i], dx[i], want)
			}
		}
	}
}

func TestSpecialValues(t *testing.T) {
	zero := float32(math.Copysign(0, -1))
	in := []float32{kerneltest.Inf, -kerneltest.Inf, kerneltest.NaN, 0, zero, -2}
	for _, c := range []struct {
		name string
		run  func(y, x []float32)
		want []float32
	}{
		{"LeakyReLU", func(y, x []float32) { LeakyReLU(y, x, 0.5) }, []float32{kerneltest.Inf, -kerneltest.Inf, kerneltest.NaN, 0, zero, -1}},
		{"ReLU", ReLU, []float32{kerneltest.Inf, 0, kerneltest.NaN, 0, 0, 0}},
		{"ELU", func(y, x []float32) { ELU(y, x, 2) }, []float32{kerneltest.Inf, -2, kerneltest.NaN, 0, 0, -1.7293295}},
		{"SiLU", SiLU, []float32{kerneltest.Inf, zero, kerneltest.NaN, 0, zero, -0.23840584}},
		{"GELU", GELU, []float32{kerneltest.Inf, zero, kerneltest.NaN, 0, zero, -0.045500264}},
		{"GELUGrad", func(y, x []float32) { GELUGrad(y, []float32{1, 1, 1, 1, 1, 1}, x) }, []float32{1, -1.0337305e-36, kerneltest.NaN, 0.5, 0.5, -0.08523181}},
		{"Sigmoid", Sigmoid, []float32{1, 0, kerneltest.NaN, 0.5, 0.5, 0.11920292}},
		{"Tanh", Tanh, []float32{1, -1, kerneltest.NaN, 0, zero, -0.9640276}},
		{"Softplus", Softplus, []float32{kerneltest.Inf, 0, kerneltest.NaN, 0.6931472, 0.6931472, 0.12692802}},
	} {
		y := make([]float32, len(in))
		c.run(y, in)
		for i, v := range in {
			if !kerneltest.SameBits(y[i], c.want[i]) && (v != -2 || kerneltest.Ulps(y[i], float64(c.want[i])) > 2) {
				t.Errorf("%s(%g) is %g, want %g", c.name, in[i], y[i], c.want[i])
			}
		}
	}
}
