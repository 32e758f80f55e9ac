package bench

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/gorgonae/gorgonae/internal/gemm"
)

// shape is a matrix product of the tutorial's step at batch 256: C (m, n) is A·B, Aᵀ·B or A·Bᵀ.
type shape struct {
	m, n, k        int
	transA, transB bool
}

func (s shape) String() string {
	suffix := ""
	if s.transA {
		suffix = "-TN"
	} else if s.transB {
		suffix = "-NT"
	}
	return fmt.Sprintf("%dx%dx%d%s", s.m, s.n, s.k, suffix)
}

func (s shape) flops() float64 { return 2 * float64(s.m) * float64(s.n) * float64(s.k) }

// large returns the products with a side of 784 numbers. They are nearly all the work of a step.
func large() []shape {
	return []shape{
		{256, 300, 784, false, false}, // forward
		{256, 784, 300, false, false},
		{784, 300, 256, true, false}, // gradients of the kernels
		{300, 784, 256, true, false},
		{256, 300, 784, false, true}, // gradient of the last layer's input
	}
}

// thin returns the products on both sides of the code of two numbers.
func thin() []shape {
	return []shape{
		{256, 2, 300, false, false},
		{256, 300, 2, false, false},
		{300, 2, 256, true, false},
		{2, 300, 256, true, false},
		{256, 2, 300, false, true},
		{256, 300, 2, false, true},
	}
}

// ways returns a call of our product and a call of gonum's product on the same numbers.
func (s shape) ways() (ours, theirs func()) {
	a, b, c := make([]float32, s.m*s.k), make([]float32, s.k*s.n), make([]float32, s.m*s.n)
	for i := range a {
		a[i] = float32(i%7) - 3
	}
	for i := range b {
		b[i] = float32(i%5) - 2
	}
	lda, ldb, opA, opB := s.k, s.n, blas.NoTrans, blas.NoTrans
	if s.transA {
		lda, opA = s.m, blas.Trans
	}
	if s.transB {
		ldb, opB = s.k, blas.Trans
	}
	ours = func() { gemm.Mul(s.transA, s.transB, s.m, s.n, s.k, a, lda, b, ldb, false, c, s.n) }
	theirs = func() {
		gonum.Implementation{}.Sgemm(opA, opB, s.m, s.n, s.k, 1, a, lda, b, ldb, 0, c, s.n)
	}
	return ours, theirs
}

// BenchmarkGemm compares our product with gonum's. The share of the processor's peak is measured in
// internal/gemm, because the peak can be measured only there.
func BenchmarkGemm(b *testing.B) {
	b.Run("large", func(b *testing.B) { contest(b, large()) })
	b.Run("thin", func(b *testing.B) { contest(b, thin()) })
	for _, s := range append(large(), thin()...) {
		b.Run(s.String(), func(b *testing.B) { contest(b, []shape{s}) })
	}
}

// contest runs all products one after another and reports all FLOPs divided by the whole time.
func contest(b *testing.B, shapes []shape) {
	var ours, theirs []func()
	flops := 0.0
	for _, s := range shapes {
		x, y := s.ways()
		ours, theirs, flops = append(ours, x), append(theirs, y), flops+s.flops()
	}
	fastest := ratio(b, inTurn(ours), inTurn(theirs))
	b.ReportMetric(flops/fastest/1e9, "GFLOPS")
}

func inTurn(fs []func()) func() {
	return func() {
		for _, f := range fs {
			f()
		}
	}
}
