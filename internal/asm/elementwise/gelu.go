package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// The functions of this file do, on vectors of float32, the operations of the functions of the same
// names in the package.

var (
	multiplyMinus = vector.Instr{Plain: VFMSUB231PS, Broadcast: VFMSUB231PS_BCST}   // a*b - dst
	minusMultiply = vector.Instr{Plain: VFNMADD231PS, Broadcast: VFNMADD231PS_BCST} // dst - a*b
)

// gelu returns the kernels made of the normal distribution.
func gelu() []vector.Kernel {
	type vecs = []reg.VecVirtual
	type body = func(in vecs) reg.VecVirtual
	return []vector.Kernel{
		elementwise("gELU", 1, 1, func(f function) body {
			return func(in vecs) reg.VecVirtual { return f.geluOf(in[0]) }
		}),
		elementwise("gELUGrad", 2, 1, func(f function) body {
			return func(in vecs) reg.VecVirtual { return f.Do(vector.MulPS, in[0], f.geluSlopeOf(in[1])) }
		}),
	}
}

// clampedAbs returns |x|, at most the limit.
func (f function) clampedAbs(x reg.VecVirtual, limit float64) reg.VecVirtual {
	return f.Clamp(vector.MinPS, f.Do(vector.AndPS, x, vector.Bits32(vector.Magnitude)), vector.Float32(limit))
}

func (f function) geluOf(x reg.VecVirtual) reg.VecVirtual {
	const zeroLimit = 15
	a := f.clampedAbs(x, zeroLimit)
	z := f.Do(vector.MulPS, a, a)
	c, q := f.tailRatio(a, z)
	u, k := f.expHalfSquare(a, z)
	w := f.Do(vector.MulPS, a, vector.Float32(0.5))
	f.Into(multiplyAdd, w, z, c)
	w = f.Do(vector.DivPS, w, q)
	w = f.fma(w, u, w)
	y := f.Pick32(f.signs(x), f.Number(vector.Bits32(vector.Sign)), x)
	f.Into(minusMultiply, y, w, f.times2(1, k))
	return y
}

func (f function) geluSlopeOf(x reg.VecVirtual) reg.VecVirtual {
	const slopeLimit, peak = 13, 1 / (math.Sqrt2 * math.SqrtPi)
	a := f.clampedAbs(x, slopeLimit)
	z := f.Do(vector.MulPS, a, a)
	c, q := f.tailRatio(a, z)
	u, k := f.expHalfSquare(a, z)
	d := f.Do(vector.DivPS, f.fma(a, c, vector.Float32(0.5)), q)
	f.Into(multiplyAdd, d, a, vector.Float32(-peak))
	tail := f.Do(vector.MulPS, f.fma(d, u, d), f.power(k, bias))
	return f.Pick32(f.signs(x), tail, f.Do(vector.SubPS, vector.Float32(1), tail))
}

func (f function) tailRatio(a, z reg.VecVirtual) (c, q reg.VecVirtual) {
	even := f.polynomial(z, 0.004120015073567629, 0.18340663611888885)
	c = f.polynomial(z, 0.04068031534552574, 0.43857526779174805)
	f.Into(multiplyAdd, c, a, even)
	even = f.polynomial(z, 0.10197664052248001, 1.203294277191162)
	odd := f.polynomial(z, 0.010327233001589775, 0.4699133634567261, 1.6750353574752808)
	f.Into(multiplyAdd, odd, a, even)
	return c, f.fma(a, odd, vector.Float32(1))
}

func (f function) expHalfSquare(a, z reg.VecVirtual) (u, k reg.VecVirtual) {
	r, k := f.reduce(f.Do(vector.MulPS, z, vector.Float32(-0.5)))
	rest := f.Vec()
	VMOVAPS(z, rest)
	f.Into(multiplyMinus, rest, a, a)
	f.Into(multiplyAdd, r, rest, vector.Float32(-0.5))
	return f.expPolynomial(r), k
}
