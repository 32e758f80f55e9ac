package elementwise

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

const slope = kerneltest.Slope

var s64 = kerneltest.Slope64

func negativeSign(x float64) bool { return math.Signbit(x) && !math.IsNaN(x) }

var kernels = []kerneltest.Kernel{
	{Name: "LeakyReLU", Exact: true,
		Run:  func(y, a, _ []float32) { LeakyReLU(y, a, slope) },
		Want: func(x, _ float64) float64 { return kerneltest.Round(x * kerneltest.Where(negativeSign(x), s64, 1)) }},
	{Name: "LeakyReLUGrad", Exact: true,
		Run:  func(y, a, b []float32) { LeakyReLUGrad(y, a, b, slope) },
		Want: func(dy, y float64) float64 { return kerneltest.Round(dy * kerneltest.Where(negativeSign(y), s64, 1)) }},
	{Name: "ReLU", Exact: true, Run: kerneltest.Unary(ReLU),
		Want: func(x, _ float64) float64 { return kerneltest.Where(negativeSign(x), 0, x) }},
	{Name: "ReLUGrad", Exact: true, Run: ReLUGrad,
		Want: func(dy, y float64) float64 { return kerneltest.Where(y == 0, 0, dy) }},
	{Name: "ELU", Bound: 1.6,
		Run:  func(y, a, _ []float32) { ELU(y, a, slope) },
		Want: func(x, _ float64) float64 { return kerneltest.Where(x <= 0, s64*math.Expm1(x), x) }},
	{Name: "ELUGrad", Exact: true,
		Run: func(y, a, b []float32) { ELUGrad(y, a, b, slope) },
		Want: func(dy, y float64) float64 {
			return kerneltest.Round(dy * kerneltest.Where(negativeSign(y), kerneltest.Round(y+s64), 1))
		}},
	{Name: "SiLU", Bound: 2.5, Run: kerneltest.Unary(SiLU), Want: func(x, _ float64) float64 { return refSiLU(x) }},
	{Name: "SiLUGrad", Run: SiLUGrad, Slack: 2e-7, Want: func(dy, x float64) float64 { return dy * refSiLUSlope(x) }},
	{Name: "GELU", Bound: 5.3, Run: kerneltest.Unary(GELU), Want: func(x, _ float64) float64 { return refGELU(x) }},
	{Name: "GELUGrad", Run: GELUGrad, Slack: 1.3e-7, Want: func(dy, x float64) float64 { return dy * refGELUSlope(x) }},
	{Name: "Sigmoid", Bound: 2.5, Run: kerneltest.Unary(Sigmoid), Want: func(x, _ float64) float64 { return 1 / (1 + math.Exp(-x)) }},
	{Name: "SigmoidGrad", Exact: true, Run: SigmoidGrad,
		Want: func(dy, y float64) float64 { return kerneltest.Round(dy * kerneltest.Round(y*kerneltest.Round(1-y))) }},
	{Name: "Tanh", Bound: 2, Run: kerneltest.Unary(Tanh), Want: func(x, _ float64) float64 { return math.Tanh(x) }},
	{Name: "TanhGrad", Exact: true, Run: TanhGrad,
		Want: func(dy, y float64) float64 {
			return kerneltest.Round(dy * kerneltest.Round(kerneltest.Round(1-y)*kerneltest.Round(1+y)))
		}},
	{Name: "Softplus", Bound: 2, Run: kerneltest.Unary(Softplus), Want: func(x, _ float64) float64 {
		return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	}},
	{Name: "SoftplusGrad", Bound: 1.6, Want: func(dy, y float64) float64 { return dy * -math.Expm1(-y) },
		Run: func(y, a, b []float32) { // takes outputs that Softplus can have
			outputs := make([]float32, len(b))
			for i, v := range b {
				outputs[i] = float32(math.Abs(float64(v)))
			}
			SoftplusGrad(y, a, outputs)
		}},
	{Name: "Add", Exact: true, Run: Add, Want: func(a, b float64) float64 { return kerneltest.Round(a + b) }},
	{Name: "Scale", Exact: true,
		Run:  func(y, a, _ []float32) { Scale(y, a, slope) },
		Want: func(x, _ float64) float64 { return kerneltest.Round(x * s64) }},
}

func limits(x, below, above float64, f func(x float64) float64) float64 {
	return kerneltest.Where(math.IsInf(x, -1), below, kerneltest.Where(math.IsInf(x, 1), above, f(x)))
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

func TestKernels(t *testing.T) { kerneltest.CheckKernels(t, kernels) }

// TestRange is also the statement of the error bounds.
func TestRange(t *testing.T) { kerneltest.CheckRange(t, kernels) }
