package reduce

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestMisuse(t *testing.T) {
	x, y := make([]float32, 4), make([]float32, 3)
	for _, k := range kernels {
		kerneltest.MustPanic(t, k.Name, func() { k.Run(y, x, x) })
	}
	for what, f := range map[string]func(){
		"SquaredError":        func() { SquaredError(x, y, 1) },
		"AbsoluteError":       func() { AbsoluteError(x, y, 1) },
		"LogisticLoss":        func() { LogisticLoss(x, y, 1) },
		"LogisticLossGrad":    func() { LogisticLossGrad(x, x, y, 1) },
		"ColumnSums negative": func() { ColumnSums(y[:2], -2, -2, x) },
		"ColumnSums overflow": func() { ColumnSums(y[:2], math.MinInt, 2, nil) },
		"ColumnSums large":    func() { ColumnSums(x, math.MaxInt/2+1, 4, nil) },
		"ColumnSums rows":     func() { ColumnSums(y[:2], 3, 2, x) },
		"ColumnSums sums":     func() { ColumnSums(y, 2, 2, x) },
	} {
		kerneltest.MustPanic(t, what, f)
	}
}

func TestNothingAllocates(t *testing.T) {
	const rows, n = 10, 100
	x, y, z := kerneltest.Normal(1, rows*n), kerneltest.Normal(2, rows*n), make([]float32, rows*n)
	allocs := testing.AllocsPerRun(10, func() {
		for _, k := range kernels {
			k.Run(z, x, y)
		}
		SquaredError(x, y, 1)
		AbsoluteError(x, y, 1)
		LogisticLoss(x, y, 1)
		LogisticLossGrad(z, x, y, 1)
		SumSquares(x)
		ColumnSums(z[:n], rows, n, x)
		AllFinite(x)
	})
	if allocs != 0 {
		t.Errorf("%g allocations, want none", allocs)
	}
}
