package f32

import (
	"math"
	"testing"
)

func TestMisuse(t *testing.T) {
	x, y := make([]float32, 4), make([]float32, 3)
	for _, k := range kernels {
		if k.name == "SoftplusGrad" { // its run wraps it; see below
			continue
		}
		mustPanic(t, k.name, func() { k.run(y, x, x) })
	}
	for what, f := range map[string]func(){
		"LeakyReLUGrad dy":       func() { LeakyReLUGrad(x, y, x, 1) },
		"LeakyReLUGrad y":        func() { LeakyReLUGrad(x, x, y, 1) },
		"SoftplusGrad":           func() { SoftplusGrad(x, x, y) },
		"SquaredError":           func() { SquaredError(x, y, 1) },
		"AbsoluteError":          func() { AbsoluteError(x, y, 1) },
		"LogisticLoss":           func() { LogisticLoss(x, y, 1) },
		"LogisticLossGrad":       func() { LogisticLossGrad(x, x, y, 1) },
		"FromBytes":              func() { FromBytes(x, make([]byte, 3)) },
		"Adam g":                 func() { Adam(x, y, x, x, 1, 0.1, 0.1, 1) },
		"Adam v":                 func() { Adam(x, x, x, y, 1, 0.1, 0.1, 1) },
		"ColumnSums negative":    func() { ColumnSums(y[:2], -2, -2, x) },
		"ColumnSums overflow":    func() { ColumnSums(y[:2], math.MinInt, 2, nil) },
		"ColumnSums large":       func() { ColumnSums(x, 1<<62, 4, nil) },
		"ColumnSums rows":        func() { ColumnSums(y[:2], 3, 2, x) },
		"ColumnSums sums":        func() { ColumnSums(y, 2, 2, x) },
		"Dropout length":         func() { Dropout(x, y, 1, 0, 0) },
		"Dropout of 0":           func() { Dropout(x, x, 0, 0, 0) },
		"Dropout of more than 1": func() { Dropout(x, x, 1.1, 0, 0) },
		"Dropout of NaN":         func() { Dropout(x, x, nan, 0, 0) },
	} {
		mustPanic(t, what, f)
	}
}

func TestNothingAllocates(t *testing.T) {
	const rows, n = 10, 100
	x, y, z := normal(1, rows*n), normal(2, rows*n), make([]float32, rows*n)
	allocs := testing.AllocsPerRun(10, func() {
		for _, k := range kernels {
			if k.name != "SoftplusGrad" { // whose run makes a copy
				k.run(z, x, y)
			}
		}
		SoftplusGrad(z, x, y)
		SquaredError(x, y, 1)
		AbsoluteError(x, y, 1)
		LogisticLoss(x, y, 1)
		LogisticLossGrad(z, x, y, 1)
		SumSquares(x)
		ColumnSums(z[:n], rows, n, x)
		Dropout(z, x, 0.5, 1, 2)
		Adam(z, x, y, y, 1e-3, 0.1, 0.001, 1e-7)
		AllFinite(x)
	})
	if allocs != 0 {
		t.Errorf("%g allocations, want none", allocs)
	}
}
