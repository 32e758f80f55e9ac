package main

import (
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// gradients are the gradients of losses.
func gradients() []vector.Kernel {
	return []vector.Kernel{
		{Name: "absoluteErrorGrad", Operands: "gradient", Doc: "is absoluteErrorGrad by vectors.", Emit: func(v *vector.Func) {
			f := function{v}
			up, zero := f.Scalar(gradientScale), f.Zero()
			down := f.Scalar(gradientMinus)
			f.write(4, func(y, target reg.VecVirtual) reg.VecVirtual {
				d := f.Do(vector.SubPS, y, target)
				v := f.Pick32(f.Compare32(vector.Greater, d, zero), up, d)
				return f.Pick32(f.Compare32(vector.Less, d, zero), down, v)
			})
		}},
		{Name: "logisticLossGrad", Operands: "gradient", Doc: "is logisticLossGrad by vectors.", Double: true, Emit: func(v *vector.Func) {
			f := function{v}
			scale := f.Scalar(gradientScale)
			f.write(1, func(z, target reg.VecVirtual) reg.VecVirtual {
				return f.Do(vector.MulPD, scale, f.crossEntropySlope(z, target))
			})
		}},
	}
}

// write writes dx from y and target.
func (f function) write(unroll int, body func(y, target reg.VecVirtual) reg.VecVirtual) {
	dx, y, target := f.Slice(gradientDX), f.Slice(gradientY), f.Slice(gradientTarget)
	f.Stream(unroll, func(at vector.Place) {
		v := f.Load(y, at)
		f.Store(body(v, f.Load(target, at)), dx, at)
	})
	f.End()
}

// The functions below do, on vectors of float64, the operations of the functions of the same names
// in the package.

func (f function) crossEntropy(z, t reg.VecVirtual) reg.VecVirtual {
	a := f.Abs(z)
	v := f.Do(vector.SubPD, f.Do(vector.MulPD, f.Do(vector.AddPD, z, a), vector.Float64(0.5)), f.Do(vector.MulPD, z, t))
	return f.Do(vector.AddPD, v, f.Log1p(f.Exp(f.Negate(a))))
}

func (f function) crossEntropySlope(z, t reg.VecVirtual) reg.VecVirtual {
	e := f.Exp(f.Negate(f.Abs(z)))
	positive, one := f.Compare64(vector.GreaterEqual, z, f.Zero()), f.Number(vector.Float64(1))
	p, q := f.Pick64(positive, one, e), f.Pick64(positive, e, one)
	v := f.Do(vector.SubPD, f.Do(vector.MulPD, f.Do(vector.SubPD, one, t), p), f.Do(vector.MulPD, t, q))
	return f.Do(vector.DivPD, v, f.Do(vector.AddPD, e, vector.Float64(1)))
}
