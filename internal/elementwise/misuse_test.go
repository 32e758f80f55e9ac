package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestMisuse(t *testing.T) {
	x, y := make([]float32, 4), make([]float32, 3)
	for _, k := range kernels {
		if k.Name == "SoftplusGrad" { // its Run makes a slice; see below
			continue
		}
		kerneltest.MustPanic(t, k.Name, func() { k.Run(y, x, x) })
	}
	for what, f := range map[string]func(){
		"LeakyReLUGrad dy":       func() { LeakyReLUGrad(x, y, x, 1) },
		"LeakyReLUGrad y":        func() { LeakyReLUGrad(x, x, y, 1) },
		"SoftplusGrad":           func() { SoftplusGrad(x, x, y) },
		"FromBytes":              func() { FromBytes(x, make([]byte, 3)) },
		"FromByteRows length":    func() { FromByteRows(x, [][]byte{make([]byte, 3)}) },
		"FromByteRows rows":      func() { FromByteRows(make([]float32, 4), [][]byte{{1}, {1, 2, 3}}) },
		"Adam g":                 func() { Adam(x, y, x, x, 1, 0.1, 0.1, 1) },
		"Adam v":                 func() { Adam(x, x, x, y, 1, 0.1, 0.1, 1) },
		"Dropout length":         func() { Dropout(x, y, 1, 0) },
		"Dropout of 0":           func() { Dropout(x, x, 0, 0) },
		"Dropout of more than 1": func() { Dropout(x, x, 1.1, 0) },
		"Dropout of NaN":         func() { Dropout(x, x, kerneltest.NaN, 0) },
	} {
		kerneltest.MustPanic(t, what, f)
	}
}

func TestNothingAllocates(t *testing.T) {
	const n = 1000
	x, y, z := kerneltest.Normal(1, n), kerneltest.Normal(2, n), make([]float32, n)
	allocs := testing.AllocsPerRun(10, func() {
		for _, k := range kernels {
			if k.Name != "SoftplusGrad" { // its Run makes a slice
				k.Run(z, x, y)
			}
		}
		SoftplusGrad(z, x, y)
		Dropout(z, x, 0.5, 1)
		Adam(z, x, y, y, 1e-3, 0.1, 0.001, 1e-7)
	})
	if allocs != 0 {
		t.Errorf("%g allocations, want none", allocs)
	}
}
