package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// The functions of this file do, on vectors of float32, the operations of the functions of the same
// names in the package.

var multiplyAdd = vector.Instr{Plain: VFMADD231PS, Broadcast: VFMADD231PS_BCST}

// smooth returns the kernels made of exponentials in float32.
func smooth() []vector.Kernel {
	type vecs = []reg.VecVirtual
	type body = func(in vecs) reg.VecVirtual
	unary := func(name string, apply func(f function, x reg.VecVirtual) reg.VecVirtual) vector.Kernel {
		return elementwise(name, 1, 1, func(f function) body {
			return func(in vecs) reg.VecVirtual { return apply(f, in[0]) }
		})
	}
	return []vector.Kernel{
		elementwise("siLUGrad", 2, 1, func(f function) body {
			return func(in vecs) reg.VecVirtual { return f.Do(vector.MulPS, in[0], f.siluSlopeOf(in[1])) }
		}),
		elementwise("eLU", 1, 1, func(f function) body {
			alpha := f.Scalar(elementsP)
			return func(in vecs) reg.VecVirtual {
				t, _ := f.expm1Negative(in[0], false)
				return f.Pick32(f.signs(in[0]), f.Do(vector.MulPS, alpha, t), in[0])
			}
		}),
		unary("siLU", function.siluOf), unary("sigmoid", function.sigmoidOf), unary("tanh", function.tanhOf),
		unary("softplus", function.softplusOf),
		elementwise("softplusGrad", 2, 1, func(f function) body {
			return func(in vecs) reg.VecVirtual {
				t, _ := f.expm1Negative(in[1], false)
				return f.Do(vector.MulPS, in[0], f.Do(vector.XorPS, t, vector.Bits32(vector.Sign)))
			}
		}),
	}
}

// signs is true where the sign bit is set.
func (f function) signs(x reg.VecVirtual) vector.Mask {
	if !f.Wide() {
		return vector.Mask{Reg: x}
	}
	k := K()
	VPMOVD2M(x, k)
	return vector.Mask{Reg: k}
}

// fma returns x*y + z. x and z may be numbers.
func (f function) fma(x any, y reg.VecVirtual, z any) reg.VecVirtual {
	var v reg.VecVirtual
	switch z := z.(type) {
	case vector.Number:
		v = f.Number(z)
	case reg.VecVirtual:
		v = f.Vec()
		VMOVAPS(z, v)
	}
	f.Into(multiplyAdd, v, y, x)
	return v
}

// polynomial evaluates c[0]*x^n + ... + c[n] by Horner's rule.
func (f function) polynomial(x reg.VecVirtual, c ...float64) reg.VecVirtual {
	p := f.fma(vector.Float32(c[0]), x, vector.Float32(c[1]))
	for _, v := range c[2:] {
		// p = x*p + v
		f.Into(vector.Instr{Plain: VFMADD213PS, Broadcast: VFMADD213PS_BCST}, p, x, vector.Float32(v))
	}
	return p
}

func (f function) minusAbs(x reg.VecVirtual) reg.VecVirtual {
	return f.Do(vector.OrPS, x, vector.Bits32(vector.Sign))
}

func (f function) expParts(x reg.VecVirtual) (u, k reg.VecVirtual) {
	r, k := f.reduce(x)
	return f.expPolynomial(r), k
}

func (f function) reduce(x reg.VecVirtual) (r, k reg.VecVirtual) {
	const log2E, ln2High, ln2Low, roundShift = 1.4426950216293335, 0.6931471824645996, -1.9046542121259336e-09, 3 << 22
	t := f.fma(vector.Float32(log2E), x, vector.Float32(roundShift))
	n := f.Do(vector.SubPS, t, vector.Float32(roundShift))
	r = f.fma(vector.Float32(-ln2High), n, x)
	f.Into(multiplyAdd, r, n, vector.Float32(-ln2Low))
	return r, t
}

func (f function) expPolynomial(r reg.VecVirtual) reg.VecVirtual {
	q := f.polynomial(r, 0.00019890988187398762, 0.001393364742398262, 0.00833331048488617, 0.04166646674275398,
		0.1666666716337204, 0.5)
	return f.fma(f.Do(vector.MulPS, r, r), q, r)
}

func (f function) power(k reg.VecVirtual, more uint32) reg.VecVirtual {
	s := f.Do(vector.AddInt, k, vector.Bits32(more))
	VPSLLD(U8(23), s, s)
	return s
}

const bias = 127

func (f function) times2(v any, k reg.VecVirtual) reg.VecVirtual {
	s := f.power(k, bias+64)
	if v, ok := v.(reg.VecVirtual); ok {
		s = f.Do(vector.MulPS, v, s)
	}
	return f.Do(vector.MulPS, s, vector.Float32(0x1p-64))
}

func (f function) expNegative(x reg.VecVirtual) (u, s reg.VecVirtual) {
	const zeroLimit = 104
	u, k := f.expParts(f.Clamp(vector.MaxPS, f.minusAbs(x), vector.Float32(-zeroLimit)))
	return u, f.times2(1, k)
}

// expm1Negative returns t, and t+2 if both are wanted.
func (f function) expm1Negative(x reg.VecVirtual, both bool) (t, t2 reg.VecVirtual) {
	const oneLimit = 40
	u, k := f.expParts(f.Clamp(vector.MaxPS, f.minusAbs(x), vector.Float32(-oneLimit)))
	s := f.power(k, bias)
	t = f.fma(s, u, f.Do(vector.SubPS, s, vector.Float32(1)))
	if both {
		t2 = f.fma(s, u, f.Do(vector.AddPS, s, vector.Float32(1)))
	}
	return t, t2
}

func (f function) log1p(u reg.VecVirtual) reg.VecVirtual {
	q := f.polynomial(u, 0.0028016315773129463, -0.017184216529130936, 0.0493098720908165, -0.09139402210712433,
		0.1303335726261139, -0.1636514961719513, 0.19956707954406738, -0.24996760487556458, 0.333332359790802, -0.5)
	return f.fma(f.Do(vector.MulPS, u, u), q, u)
}

const logisticLimit = 120

func (f function) logisticParts(x reg.VecVirtual, signs vector.Mask) (d, s, k reg.VecVirtual) {
	r, k := f.reduce(f.Clamp(vector.MaxPS, f.minusAbs(x), vector.Float32(-logisticLimit)))
	r = f.Do(vector.XorPS, r, f.Do(vector.AndPS, x, vector.Bits32(vector.Sign)))
	s = f.times2(1, k)
	factor := f.Pick32(signs, f.Number(vector.Float32(1)), s)
	return f.fma(factor, f.expPolynomial(r), f.Do(vector.AddPS, s, vector.Float32(1))), s, k
}

func (f function) sigmoidOf(x reg.VecVirtual) reg.VecVirtual {
	signs := f.signs(x)
	d, s, _ := f.logisticParts(x, signs)
	return f.Do(vector.DivPS, f.Pick32(signs, s, f.Number(vector.Float32(1))), d)
}

func (f function) tanhOf(x reg.VecVirtual) reg.VecVirtual {
	t, t2 := f.expm1Negative(f.Do(vector.AddPS, x, x), true)
	y := f.Do(vector.AndPS, f.Do(vector.DivPS, t, t2), vector.Bits32(vector.Magnitude))
	return f.Do(vector.OrPS, y, f.Do(vector.AndPS, x, vector.Bits32(vector.Sign)))
}

func (f function) softplusOf(x reg.VecVirtual) reg.VecVirtual {
	u, s := f.expNegative(x)
	l := f.log1p(f.fma(s, u, s))
	return f.Pick32(f.signs(x), l, f.Do(vector.AddPS, x, l))
}

func (f function) siluOf(x reg.VecVirtual) reg.VecVirtual {
	signs := f.signs(x)
	d, _, k := f.logisticParts(x, signs)
	y := f.Do(vector.DivPS, f.Clamp(vector.MaxPS, x, vector.Float32(-logisticLimit)), d)
	return f.Pick32(signs, f.times2(y, k), y)
}

func (f function) siluSlopeOf(x reg.VecVirtual) reg.VecVirtual {
	const slopeLimit = 80
	x = f.Clamp(vector.MinPS, f.Clamp(vector.MaxPS, x, vector.Float32(-slopeLimit)), vector.Float32(slopeLimit))
	u, k := f.expParts(f.minusAbs(x))
	s := f.power(k, bias)
	e := f.fma(s, u, s)
	a := f.Do(vector.DivPS, vector.Float32(1), f.Do(vector.AddPS, e, vector.Float32(1)))
	b := f.Do(vector.MulPS, e, a)
	signs := f.signs(x)
	return f.Do(vector.MulPS, f.Pick32(signs, b, a), f.fma(x, f.Pick32(signs, a, b), vector.Float32(1)))
}
