package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The functions of this file perform, on vectors of float32, the operations of the functions of the same names in
// math32.go and smooth.go of the package.

var fma = op{VFMADD231PS, VFMADD231PS_BCST}

// smooth32 are the kernels made of exponentials in float32.
func smooth32() []kernel {
	type vecs = []reg.VecVirtual
	type body = func(in vecs) reg.VecVirtual
	unary := func(name string, apply func(f *function, x reg.VecVirtual) reg.VecVirtual) kernel {
		return elementwise(name, 1, 1, func(f *function) body {
			return func(in vecs) reg.VecVirtual { return apply(f, in[0]) }
		})
	}
	return []kernel{
		elementwise("siLUGrad", 2, 1, func(f *function) body {
			return func(in vecs) reg.VecVirtual { return f.do(mulPS, in[0], f.siluSlope32(in[1])) }
		}),
		elementwise("eLU", 1, 1, func(f *function) body {
			alpha := f.scalar(0)
			return func(in vecs) reg.VecVirtual {
				t, _ := f.expm1Negative32(in[0], false)
				return f.pick32(f.signs32(in[0]), f.do(mulPS, alpha, t), in[0])
			}
		}),
		unary("siLU", (*function).silu32), unary("sigmoid", (*function).sigmoid32), unary("tanh", (*function).tanh32),
		unary("softplus", (*function).softplus32),
		elementwise("softplusGrad", 2, 1, func(f *function) body {
			return func(in vecs) reg.VecVirtual {
				t, _ := f.expm1Negative32(in[1], false)
				return f.do(mulPS, in[0], f.do(xorPS, t, bits32(sign)))
			}
		}),
	}
}

// signs32 is true where the sign bit is set.
func (f *function) signs32(x reg.VecVirtual) mask {
	if !f.wide() {
		return mask{x}
	}
	k := K()
	VPMOVD2M(x, k)
	return mask{k}
}

// fma32 returns x*y + z. x and z may be numbers.
func (f *function) fma32(x any, y reg.VecVirtual, z any) reg.VecVirtual {
	var v reg.VecVirtual
	switch z := z.(type) {
	case number:
		v = f.number(z)
	case reg.VecVirtual:
		v = f.vec()
		VMOVAPS(z, v)
	}
	f.into(fma, v, y, x)
	return v
}

// polynomial32 evaluates c[0]*x^n + ... + c[n] by Horner's rule.
func (f *function) polynomial32(x reg.VecVirtual, c ...float64) reg.VecVirtual {
	p := f.fma32(f32(c[0]), x, f32(c[1]))
	for _, v := range c[2:] {
		f.into(op{VFMADD213PS, VFMADD213PS_BCST}, p, x, f32(v)) // p = x*p + v
	}
	return p
}

func (f *function) minusAbs32(x reg.VecVirtual) reg.VecVirtual { return f.do(orPS, x, bits32(sign)) }

func (f *function) expParts32(x reg.VecVirtual) (u, k reg.VecVirtual) {
	r, k := f.reduce32(x)
	return f.expPolynomial32(r), k
}

func (f *function) reduce32(x reg.VecVirtual) (r, k reg.VecVirtual) {
	const log2E, ln2High, ln2Low, roundShift32 = 1.4426950216293335, 0.6931471824645996, -1.9046542121259336e-09, 3 << 22
	t := f.fma32(f32(log2E), x, f32(roundShift32))
	n := f.do(subPS, t, f32(roundShift32))
	r = f.fma32(f32(-ln2High), n, x)
	f.into(fma, r, n, f32(-ln2Low))
	return r, t
}

func (f *function) expPolynomial32(r reg.VecVirtual) reg.VecVirtual {
	q := f.polynomial32(r, 0.00019890988187398762, 0.001393364742398262, 0.00833331048488617, 0.04166646674275398,
		0.1666666716337204, 0.5)
	return f.fma32(f.do(mulPS, r, r), q, r)
}

func (f *function) scale32(k reg.VecVirtual, more uint32) reg.VecVirtual {
	s := f.do(addInt, k, bits32(more))
	VPSLLD(U8(23), s, s)
	return s
}

const bias32 = 127

func (f *function) times2(v any, k reg.VecVirtual) reg.VecVirtual {
	s := f.scale32(k, bias32+64)
	if v, ok := v.(reg.VecVirtual); ok {
		s = f.do(mulPS, v, s)
	}
	return f.do(mulPS, s, f32(0x1p-64))
}

func (f *function) expNegative32(x reg.VecVirtual) (u, s reg.VecVirtual) {
	const zeroLimit = 104
	u, k := f.expParts32(f.atLeast(maxPS, f.minusAbs32(x), f32(-zeroLimit)))
	return u, f.times2(1, k)
}

// expm1Negative32 returns t and, if it is wanted, t+2.
func (f *function) expm1Negative32(x reg.VecVirtual, both bool) (t, t2 reg.VecVirtual) {
	const oneLimit = 40
	u, k := f.expParts32(f.atLeast(maxPS, f.minusAbs32(x), f32(-oneLimit)))
	s := f.scale32(k, bias32)
	t = f.fma32(s, u, f.do(subPS, s, f32(1)))
	if both {
		t2 = f.fma32(s, u, f.do(addPS, s, f32(1)))
	}
	return t, t2
}

func (f *function) log1p32(u reg.VecVirtual) reg.VecVirtual {
	q := f.polynomial32(u, 0.0028016315773129463, -0.017184216529130936, 0.0493098720908165, -0.09139402210712433,
		0.1303335726261139, -0.1636514961719513, 0.19956707954406738, -0.24996760487556458, 0.333332359790802, -0.5)
	return f.fma32(f.do(mulPS, u, u), q, u)
}

const logisticLimit = 120

func (f *function) logisticParts32(x reg.VecVirtual, signs mask) (d, s, k reg.VecVirtual) {
	r, k := f.reduce32(f.atLeast(maxPS, f.minusAbs32(x), f32(-logisticLimit)))
	r = f.do(xorPS, r, f.do(andPS, x, bits32(sign)))
	s = f.times2(1, k)
	factor := f.pick32(signs, f.number(f32(1)), s)
	return f.fma32(factor, f.expPolynomial32(r), f.do(addPS, s, f32(1))), s, k
}

func (f *function) sigmoid32(x reg.VecVirtual) reg.VecVirtual {
	signs := f.signs32(x)
	d, s, _ := f.logisticParts32(x, signs)
	return f.do(divPS, f.pick32(signs, s, f.number(f32(1))), d)
}

func (f *function) tanh32(x reg.VecVirtual) reg.VecVirtual {
	t, t2 := f.expm1Negative32(f.do(addPS, x, x), true)
	y := f.do(andPS, f.do(divPS, t, t2), bits32(magnitude))
	return f.do(orPS, y, f.do(andPS, x, bits32(sign)))
}

func (f *function) softplus32(x reg.VecVirtual) reg.VecVirtual {
	u, s := f.expNegative32(x)
	l := f.log1p32(f.fma32(s, u, s))
	return f.pick32(f.signs32(x), l, f.do(addPS, x, l))
}

func (f *function) silu32(x reg.VecVirtual) reg.VecVirtual {
	signs := f.signs32(x)
	d, _, k := f.logisticParts32(x, signs)
	y := f.do(divPS, f.atLeast(maxPS, x, f32(-logisticLimit)), d)
	return f.pick32(signs, f.times2(y, k), y)
}

func (f *function) siluSlope32(x reg.VecVirtual) reg.VecVirtual {
	const slopeLimit = 80
	x = f.atLeast(minPS, f.atLeast(maxPS, x, f32(-slopeLimit)), f32(slopeLimit))
	u, k := f.expParts32(f.minusAbs32(x))
	s := f.scale32(k, bias32)
	e := f.fma32(s, u, s)
	a := f.do(divPS, f32(1), f.do(addPS, e, f32(1)))
	b := f.do(mulPS, e, a)
	signs := f.signs32(x)
	return f.do(mulPS, f.pick32(signs, b, a), f.fma32(x, f.pick32(signs, a, b), f32(1)))
}
