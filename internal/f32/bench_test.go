package f32

import (
	"fmt"
	"math"
	"testing"
	"time"
)

const (
	benchRows = 256
	benchCols = 784
)

// BenchmarkKernels reports bytes read and written per second, in the fastest of all calls, over the output of the tutorial's
// last layer; -cpu 1 for one core.
func BenchmarkKernels(b *testing.B) {
	const n = benchRows * benchCols
	x, y, z := normal(1, n), normal(2, n), make([]float32, n)
	target, pixels := uniform(3, n), make([]byte, n)
	m, v := make([]float32, n), make([]float32, n)
	bias := normal(4, benchCols)
	for _, k := range []struct {
		name  string
		bytes int // per element
		run   func()
	}{
		{"ColumnSums", 4, func() { ColumnSums(bias, benchRows, benchCols, x) }},
		{"LeakyReLU", 8, func() { LeakyReLU(z, x, 0.3) }},
		{"LeakyReLUGrad", 12, func() { LeakyReLUGrad(z, y, x, 0.3) }},
		{"LeakyReLUGradSums", 12, func() { LeakyReLUGradSums(z, bias, y, x, benchRows, benchCols, 0.3) }},
		{"ReLU", 8, func() { ReLU(z, x) }},
		{"ReLUGrad", 12, func() { ReLUGrad(z, y, x) }},
		{"ELU", 8, func() { ELU(z, x, 1) }},
		{"SiLU", 8, func() { SiLU(z, x) }},
		{"SiLUGrad", 12, func() { SiLUGrad(z, y, x) }},
		{"GELU", 8, func() { GELU(z, x) }},
		{"GELUGrad", 12, func() { GELUGrad(z, y, x) }},
		{"Sigmoid", 8, func() { Sigmoid(z, x) }},
		{"SigmoidGrad", 12, func() { SigmoidGrad(z, y, x) }},
		{"Tanh", 8, func() { Tanh(z, x) }},
		{"Softplus", 8, func() { Softplus(z, x) }},
		{"SoftplusGrad", 12, func() { SoftplusGrad(z, y, target) }},
		{"Add", 12, func() { Add(z, x, y) }},
		{"Scale", 8, func() { Scale(z, x, 1e-3) }},
		{"SquaredError", 8, func() { SquaredError(x, target, 1) }},
		{"SquaredErrorBoth", 12, func() { SquaredErrorBoth(z, x, target, 1) }},
		{"AbsoluteError", 8, func() { AbsoluteError(x, target, 1) }},
		{"AbsoluteErrorGrad", 12, func() { AbsoluteErrorGrad(z, x, target, 1) }},
		{"LogisticLoss", 8, func() { LogisticLoss(x, target, 1) }},
		{"LogisticLossGrad", 12, func() { LogisticLossGrad(z, x, target, 1) }},
		{"SumSquares", 4, func() { SumSquares(x) }},
		{"Adam", 28, func() { Adam(z, y, m, v, 1e-3, 0.1, 0.001, 1e-7) }},
		{"FromBytes", 5, func() { FromBytes(z, pixels) }},
		{"Dropout", 8, func() { Dropout(z, x, 0.8, 1, 2) }},
		{"AllFinite", 4, func() { AllFinite(x) }},
	} {
		for _, l := range levels() {
			b.Run(fmt.Sprintf("%s/%v", k.name, l), func(b *testing.B) {
				withLevel(b, l)
				clear(z)
				best := time.Duration(math.MaxInt64)
				for b.Loop() {
					start := time.Now()
					k.run()
					best = min(best, time.Since(start))
				}
				b.ReportMetric(float64(k.bytes*n)/best.Seconds()/1e9, "best-GB/s")
			})
		}
	}
}
