package main

import (
	"math"

	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// The functions of this file do, on vectors of float64, the operations of the functions of the same
// names in the package.

// gelu returns the kernels that compute in float64.
func gelu() []vector.Kernel {
	type vecs = []reg.VecVirtual
	type body = func(in vecs) reg.VecVirtual
	unary := func(name string, apply func(f function, x reg.VecVirtual) reg.VecVirtual) vector.Kernel {
		return elementwise64(name, 1, 1, func(f function) body {
			return func(in vecs) reg.VecVirtual { return apply(f, in[0]) }
		})
	}
	times := func(name string, slope func(f function, x reg.VecVirtual) reg.VecVirtual) vector.Kernel {
		return elementwise64(name, 2, 1, func(f function) body {
			return func(in vecs) reg.VecVirtual { return f.Do(vector.MulPD, in[0], slope(f, in[1])) }
		})
	}
	return []vector.Kernel{unary("gELU", function.geluOf), times("gELUGrad", function.geluSlopeOf)}
}

func (f function) normalTail(x reg.VecVirtual) (a, e, ratio reg.VecVirtual) {
	const tailLimit = 20
	a = f.Clamp(vector.MinPD, f.Abs(x), vector.Float64(tailLimit))
	s := f.Do(vector.DivPD, f.Do(vector.SubPD, a, vector.Float64(5)), f.Do(vector.AddPD, a, vector.Float64(5)))
	z := f.Do(vector.MulPD, s, s)
	even := f.Polynomial(z, -6.601875939233486e-07, 6.752570949457071e-06, -6.0530729467409456e-05,
		0.0002195903977422864, 0.008991363225212493, 0.04785535290444121, 0.1160688118671328, 0.07691930497509324)
	odd := f.Polynomial(z, -8.96617877123983e-07, 7.061234593147963e-07, 0.0001343701498203256,
		-0.0023788637201985715, -0.02341389826271807, -0.08088387738676917, -0.1434575552619055)
	e = f.Exp(f.Do(vector.MulPD, f.Do(vector.MulPD, a, a), vector.Float64(-0.5)))
	return a, e, f.Do(vector.AddPD, even, f.Do(vector.MulPD, s, odd))
}

// oneMinus returns 1 - t where x >= 0, else t.
func (f function) oneMinus(x, t reg.VecVirtual) reg.VecVirtual {
	return f.Pick64(f.Compare64(vector.GreaterEqual, x, f.Zero()), f.Do(vector.SubPD, vector.Float64(1), t), t)
}

func (f function) geluOf(x reg.VecVirtual) reg.VecVirtual {
	const tailLimit = 20
	x = f.Clamp(vector.MaxPD, x, vector.Float64(-tailLimit))
	_, e, ratio := f.normalTail(x)
	return f.Do(vector.MulPD, x, f.oneMinus(x, f.Do(vector.MulPD, e, ratio)))
}

func (f function) geluSlopeOf(x reg.VecVirtual) reg.VecVirtual {
	const peak = 1 / (math.Sqrt2 * math.SqrtPi)
	a, e, ratio := f.normalTail(x)
	return f.oneMinus(x, f.Do(vector.MulPD, e, f.Do(vector.SubPD, ratio, f.Do(vector.MulPD, a, vector.Float64(peak)))))
}
