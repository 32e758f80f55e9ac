package reduce

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

const slope = kerneltest.Slope

var s64 = kerneltest.Slope64

// kernels are the gradients that take a few float32 operations.
var kernels = []kerneltest.Kernel{
	{Name: "SquaredErrorGrad", Exact: true,
		Run: func(y, a, b []float32) { squaredErrorGrad(y, a, b, slope) },
		Want: func(y, t float64) float64 {
			return kerneltest.Round(2 * s64 * kerneltest.Round(y-t))
		}},
	{Name: "AbsoluteErrorGrad", Exact: true,
		Run: func(y, a, b []float32) { AbsoluteErrorGrad(y, a, b, slope) },
		Want: func(y, t float64) float64 {
			d := kerneltest.Round(y - t)
			return kerneltest.Where(d > 0, s64, kerneltest.Where(d < 0, -s64, d))
		}},
}

// squaredErrorGrad writes the gradient of SquaredErrorBoth alone.
func squaredErrorGrad(dx, y, target []float32, scale float32) { SquaredErrorBoth(dx, y, target, scale) }

func TestKernels(t *testing.T) { kerneltest.CheckKernels(t, kernels) }
