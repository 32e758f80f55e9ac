package reduce

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func BenchmarkKernels(b *testing.B) {
	const n = kerneltest.BenchRows * kerneltest.BenchCols
	const rows, cols = kerneltest.BenchRows, kerneltest.BenchCols
	x, y, z := kerneltest.Normal(1, n), kerneltest.Normal(2, n), make([]float32, n)
	target, bias := kerneltest.Uniform(3, n), kerneltest.Normal(4, cols)
	kerneltest.BenchKernels(b, z, []kerneltest.Bench{
		{Name: "ColumnSums", Bytes: 4, Run: func() { ColumnSums(bias, rows, cols, x) }},
		{Name: "LeakyReLUGradSums", Bytes: 12, Run: func() { LeakyReLUGradSums(z, bias, y, x, rows, cols, 0.3) }},
		{Name: "SquaredError", Bytes: 8, Run: func() { SquaredError(x, target, 1) }},
		{Name: "SquaredErrorBoth", Bytes: 12, Run: func() { SquaredErrorBoth(z, x, target, 1) }},
		{Name: "AbsoluteError", Bytes: 8, Run: func() { AbsoluteError(x, target, 1) }},
		{Name: "AbsoluteErrorGrad", Bytes: 12, Run: func() { AbsoluteErrorGrad(z, x, target, 1) }},
		{Name: "LogisticLoss", Bytes: 8, Run: func() { LogisticLoss(x, target, 1) }},
		{Name: "LogisticLossGrad", Bytes: 12, Run: func() { LogisticLossGrad(z, x, target, 1) }},
		{Name: "SumSquares", Bytes: 4, Run: func() { SumSquares(x) }},
		{Name: "AllFinite", Bytes: 4, Run: func() { AllFinite(x) }},
	})
}
