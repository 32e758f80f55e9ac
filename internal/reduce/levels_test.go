package reduce

import (
	"testing"
	"unsafe"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func cases() []kerneltest.Case {
	var all []kerneltest.Case
	add := func(name string, run func(x *kerneltest.Buffers) []float32) {
		all = append(all, kerneltest.Case{Name: name, Run: run})
	}
	for _, k := range kernels {
		add(k.Name, func(x *kerneltest.Buffers) []float32 { k.Run(x.Y, x.A, x.B); return nil })
	}
	add("LogisticLossGrad", func(x *kerneltest.Buffers) []float32 { LogisticLossGrad(x.Y, x.A, x.Unit, slope); return nil })
	add("LogisticLoss", func(x *kerneltest.Buffers) []float32 { return []float32{LogisticLoss(x.A, x.Unit, slope)} })
	add("SquaredError", func(x *kerneltest.Buffers) []float32 { return []float32{SquaredError(x.A, x.B, slope)} })
	add("SquaredErrorBoth", func(x *kerneltest.Buffers) []float32 {
		return []float32{SquaredErrorBoth(x.Y, x.A, x.B, slope)}
	})
	add("AbsoluteError", func(x *kerneltest.Buffers) []float32 { return []float32{AbsoluteError(x.A, x.B, slope)} })
	add("SumSquares", func(x *kerneltest.Buffers) []float32 { return kerneltest.Bits(SumSquares(x.A)) })
	add("AllFinite", func(x *kerneltest.Buffers) []float32 {
		if AllFinite(x.A) {
			return []float32{1}
		}
		return []float32{0}
	})
	add("ColumnSums", func(x *kerneltest.Buffers) []float32 { ColumnSums(x.Cols, x.Rows, x.N, x.A); return nil })
	add("LeakyReLUGradSums", func(x *kerneltest.Buffers) []float32 {
		LeakyReLUGradSums(x.Y, x.Cols, x.A, x.B, x.Rows, x.N, slope)
		return nil
	})
	return all
}

func TestLevels(t *testing.T) { kerneltest.CompareLevels(t, cases()) }

func TestLevelsInParallel(t *testing.T) { kerneltest.CompareLevelsInParallel(t, cases()) }

// Fused kernels have the bits of the separate ones.
func TestFusedKernels(t *testing.T) {
	for _, l := range kerneltest.Levels() {
		kerneltest.WithLevel(t, l)
		for seed, s := range [][2]int{{0, 3}, {1, 1}, {3, 17}, {256, 300}, {5, 1000}} {
			rows, n := s[0], s[1]
			x := kerneltest.NewBuffers(t, uint64(seed), rows, n, kerneltest.Mixed)
			dx, sums := make([]float32, rows*n), make([]float32, n)
			elementwise.LeakyReLUGrad(dx, x.A, x.B, slope)
			ColumnSums(sums, rows, n, dx)
			LeakyReLUGradSums(x.Y, x.Cols, x.A, x.B, rows, n, slope)
			if err := (&kerneltest.Buffers{Y: dx, Cols: sums}).SameAs(x); err != nil {
				t.Errorf("LeakyReLUGradSums, %v, %d x %d: %v", l, rows, n, err)
			}
			if got, want := SquaredErrorBoth(x.Y, x.A, x.B, slope), SquaredError(x.A, x.B, slope); !kerneltest.SameBits(got, want) {
				t.Errorf("SquaredErrorBoth, %v, %d x %d: %g, want %g", l, rows, n, got, want)
			}
		}
	}
}

// The assembly finds the operands at the offsets that asm/reduce has.
func TestOperandsLayout(t *testing.T) {
	var (
		x terms
		f finite
		g gradient
		c columnOperands
		l leakyOperands
	)
	kerneltest.WantOffsets(t, map[string]kerneltest.Offset{
		"terms.a": {Got: unsafe.Offsetof(x.a), Want: 0}, "terms.b": {Got: unsafe.Offsetof(x.b), Want: 24},
		"terms.dx": {Got: unsafe.Offsetof(x.dx), Want: 48}, "terms.sums": {Got: unsafe.Offsetof(x.sums), Want: 72},
		"terms.factor": {Got: unsafe.Offsetof(x.factor), Want: 96},
		"finite.x":     {Got: unsafe.Offsetof(f.x), Want: 0}, "finite.carry": {Got: unsafe.Offsetof(f.carry), Want: 24},
		"gradient.dx": {Got: unsafe.Offsetof(g.dx), Want: 0}, "gradient.y": {Got: unsafe.Offsetof(g.y), Want: 24},
		"gradient.target": {Got: unsafe.Offsetof(g.target), Want: 48},
		"gradient.scale":  {Got: unsafe.Offsetof(g.scale), Want: 72}, "gradient.minus": {Got: unsafe.Offsetof(g.minus), Want: 76},
		"columns.y": {Got: unsafe.Offsetof(c.y), Want: 0}, "columns.x": {Got: unsafe.Offsetof(c.x), Want: 24},
		"columns.rows": {Got: unsafe.Offsetof(c.rows), Want: 48}, "columns.n": {Got: unsafe.Offsetof(c.n), Want: 56},
		"leaky.sums": {Got: unsafe.Offsetof(l.sums), Want: 0}, "leaky.dx": {Got: unsafe.Offsetof(l.dx), Want: 24},
		"leaky.dy": {Got: unsafe.Offsetof(l.dy), Want: 48}, "leaky.y": {Got: unsafe.Offsetof(l.y), Want: 72},
		"leaky.rows": {Got: unsafe.Offsetof(l.rows), Want: 96}, "leaky.n": {Got: unsafe.Offsetof(l.n), Want: 104},
		"leaky.slope": {Got: unsafe.Offsetof(l.slope), Want: 112},
	})
}
