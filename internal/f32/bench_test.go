package f32

import "testing"

const (
	benchRows = 256
	benchCols = 784
)

// BenchmarkKernels reports bytes read and written per second, on one core, over the output of the tutorial's last layer.
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
		{"AddBias", 8, func() { AddBias(z, benchRows, benchCols, bias) }},
		{"ColumnSums", 4, func() { ColumnSums(bias, benchRows, benchCols, x) }},
		{"LeakyReLU", 8, func() { LeakyReLU(z, x, 0.3) }},
		{"LeakyReLUGrad", 12, func() { LeakyReLUGrad(z, y, x, 0.3) }},
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
		{"Axpy", 12, func() { Axpy(z, x, 1e-3) }},
		{"SquaredError", 8, func() { SquaredError(x, target, 1) }},
		{"SquaredErrorGrad", 12, func() { SquaredErrorGrad(z, x, target, 1) }},
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
		b.Run(k.name, func(b *testing.B) {
			clear(z)
			b.SetBytes(int64(k.bytes * n))
			b.ReportAllocs()
			for b.Loop() {
				k.run()
			}
		})
	}
}

// BenchmarkGemm reports GFLOPS for the products of the tutorial's training step.
func BenchmarkGemm(b *testing.B) {
	for _, s := range []struct {
		name           string
		transA, transB bool
		m, n, k        int
	}{
		{"256x784x300", false, false, 256, 784, 300},
		{"256x300x784", false, false, 256, 300, 784},
		{"784x300x256-TN", true, false, 784, 300, 256},
		{"256x300x784-NT", false, true, 256, 300, 784},
		{"256x2x300", false, false, 256, 2, 300},
	} {
		x, y, z := normal(1, s.m*s.k), normal(2, s.k*s.n), make([]float32, s.m*s.n)
		lda, ldb := s.k, s.n
		if s.transA {
			lda = s.m
		}
		if s.transB {
			ldb = s.k
		}
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				Gemm(s.transA, s.transB, s.m, s.n, s.k, x, lda, y, ldb, false, z, s.n)
			}
			flops := 2 * float64(s.m) * float64(s.n) * float64(s.k)
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOPS")
		})
	}
}
