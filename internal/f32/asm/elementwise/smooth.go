package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The functions of this file perform, on vectors of float64, the operations of the functions of the same names in
// math.go, smooth.go and logistic.go of the package.

// smooth are the kernels made of exponentials.
func smooth() []kernel {
	type vecs = []reg.VecVirtual
	type body = func(in vecs) reg.VecVirtual
	unary := func(name string, apply func(f *function, x reg.VecVirtual) reg.VecVirtual) kernel {
		return elementwise64(name, 1, 1, func(f *function) body {
			return func(in vecs) reg.VecVirtual { return apply(f, in[0]) }
		})
	}
	times := func(name string, slope func(f *function, x reg.VecVirtual) reg.VecVirtual) kernel {
		return elementwise64(name, 2, 1, func(f *function) body {
			return func(in vecs) reg.VecVirtual { return f.do(mulPD, in[0], slope(f, in[1])) }
		})
	}
	return []kernel{
		unary("gELU", (*function).gELU), times("gELUGrad", (*function).gELUSlope),
		elementwise64("logisticLossGrad", 2, 1, func(f *function) body {
			scale := f.scalar(0)
			return func(in vecs) reg.VecVirtual { return f.do(mulPD, scale, f.crossEntropySlope(in[0], in[1])) }
		}),
	}
}

func (f *function) negate(x reg.VecVirtual) reg.VecVirtual { return f.do(xorPD, x, bits64(1<<63)) }

func (f *function) abs(x reg.VecVirtual) reg.VecVirtual { return f.do(andPD, x, bits64(1<<63-1)) }

// step turns p into x*p + c, rounded twice.
func (f *function) step(p *reg.VecVirtual, x reg.VecVirtual, c float64) {
	*p = f.do(addPD, f.do(mulPD, x, *p), f64(c))
}

// polynomial evaluates c[0]*x^n + ... + c[n] by Horner's rule.
func (f *function) polynomial(x reg.VecVirtual, c ...float64) reg.VecVirtual {
	p := f.do(addPD, f.do(mulPD, x, f64(c[0])), f64(c[1]))
	for _, v := range c[2:] {
		f.step(&p, x, v)
	}
	return p
}

func (f *function) exp(x reg.VecVirtual) reg.VecVirtual {
	const expLimit, roundShift = 700, 3 << 51
	x = f.atLeast(maxPD, x, f64(-expLimit))
	x = f.atLeast(minPD, x, f64(expLimit))
	k := f.do(addPD, f.do(mulPD, x, f64(math.Log2E)), f64(roundShift))
	r := f.do(subPD, x, f.do(mulPD, f.do(subPD, k, f64(roundShift)), f64(math.Ln2)))
	z := f.do(mulPD, r, r)
	odd := f.polynomial(z, 1.0/362880, 1.0/5040, 1.0/120, 1.0/6, 1)
	even := f.polynomial(z, 1.0/3628800, 1.0/40320, 1.0/720, 1.0/24, 1.0/2)
	p := f.do(addPD, f.do(mulPD, r, odd), f.do(mulPD, z, even))
	scale := f.do(addLong, k, bits64(1023))
	VPSLLQ(U8(52), scale, scale)
	return f.do(addPD, scale, f.do(mulPD, scale, p))
}

func (f *function) log1p(u reg.VecVirtual) reg.VecVirtual {
	s := f.do(divPD, u, f.do(addPD, u, f64(2)))
	z := f.do(mulPD, s, s)
	w := f.do(mulPD, z, z)
	even := f.polynomial(w, 0.07035379662321815, 0.11107700090055997, 0.19999998632121246, 0.9999999999999368)
	odd := f.polynomial(w, 0.10034077847425321, 0.0915502181938133, 0.14285812013750593, 0.3333333334059967)
	p := f.do(addPD, even, f.do(mulPD, z, odd))
	return f.do(mulPD, f.do(addPD, s, s), p)
}

func (f *function) normalTail(x reg.VecVirtual) (a, e, ratio reg.VecVirtual) {
	const tailLimit = 20
	a = f.atLeast(minPD, f.abs(x), f64(tailLimit))
	s := f.do(divPD, f.do(subPD, a, f64(5)), f.do(addPD, a, f64(5)))
	z := f.do(mulPD, s, s)
	even := f.polynomial(z, -6.601875939233486e-07, 6.752570949457071e-06, -6.0530729467409456e-05,
		0.0002195903977422864, 0.008991363225212493, 0.04785535290444121, 0.1160688118671328, 0.07691930497509324)
	odd := f.polynomial(z, -8.96617877123983e-07, 7.061234593147963e-07, 0.0001343701498203256,
		-0.0023788637201985715, -0.02341389826271807, -0.08088387738676917, -0.1434575552619055)
	e = f.exp(f.do(mulPD, f.do(mulPD, a, a), f64(-0.5)))
	return a, e, f.do(addPD, even, f.do(mulPD, s, odd))
}

// oneMinus returns 1 - t where x >= 0, else t.
func (f *function) oneMinus(x, t reg.VecVirtual) reg.VecVirtual {
	return f.pick64(f.compare64(greaterEqual, x, f.zero()), f.do(subPD, f64(1), t), t)
}

func (f *function) gELU(x reg.VecVirtual) reg.VecVirtual {
	const tailLimit = 20
	x = f.atLeast(maxPD, x, f64(-tailLimit))
	_, e, ratio := f.normalTail(x)
	return f.do(mulPD, x, f.oneMinus(x, f.do(mulPD, e, ratio)))
}

func (f *function) gELUSlope(x reg.VecVirtual) reg.VecVirtual {
	const peak = 1 / (math.Sqrt2 * math.SqrtPi)
	a, e, ratio := f.normalTail(x)
	return f.oneMinus(x, f.do(mulPD, e, f.do(subPD, ratio, f.do(mulPD, a, f64(peak)))))
}

func (f *function) crossEntropy(z, t reg.VecVirtual) reg.VecVirtual {
	a := f.abs(z)
	v := f.do(subPD, f.do(mulPD, f.do(addPD, z, a), f64(0.5)), f.do(mulPD, z, t))
	return f.do(addPD, v, f.log1p(f.exp(f.negate(a))))
}

func (f *function) crossEntropySlope(z, t reg.VecVirtual) reg.VecVirtual {
	e := f.exp(f.negate(f.abs(z)))
	positive, one := f.compare64(greaterEqual, z, f.zero()), f.number(f64(1))
	p, q := f.pick64(positive, one, e), f.pick64(positive, e, one)
	v := f.do(subPD, f.do(mulPD, f.do(subPD, one, t), p), f.do(mulPD, t, q))
	return f.do(divPD, v, f.do(addPD, e, f64(1)))
}
