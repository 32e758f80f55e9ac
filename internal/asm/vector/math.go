package vector

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The functions of this file do, on vectors of float64, the operations of the functions of the same
// names in package f32.

// Negate returns -x.
func (f *Func) Negate(x reg.VecVirtual) reg.VecVirtual { return f.Do(XorPD, x, Bits64(1<<63)) }

// Abs returns |x|.
func (f *Func) Abs(x reg.VecVirtual) reg.VecVirtual { return f.Do(AndPD, x, Bits64(1<<63-1)) }

// Polynomial evaluates c[0]*x^n + ... + c[n] by Horner's rule, and rounds after each operation.
func (f *Func) Polynomial(x reg.VecVirtual, c ...float64) reg.VecVirtual {
	p := f.Do(AddPD, f.Do(MulPD, x, Float64(c[0])), Float64(c[1]))
	for _, v := range c[2:] {
		p = f.Do(AddPD, f.Do(MulPD, x, p), Float64(v))
	}
	return p
}

func (f *Func) Exp(x reg.VecVirtual) reg.VecVirtual {
	const expLimit, roundShift = 700, 3 << 51
	x = f.Clamp(MaxPD, x, Float64(-expLimit))
	x = f.Clamp(MinPD, x, Float64(expLimit))
	k := f.Do(AddPD, f.Do(MulPD, x, Float64(math.Log2E)), Float64(roundShift))
	r := f.Do(SubPD, x, f.Do(MulPD, f.Do(SubPD, k, Float64(roundShift)), Float64(math.Ln2)))
	z := f.Do(MulPD, r, r)
	odd := f.Polynomial(z, 1.0/362880, 1.0/5040, 1.0/120, 1.0/6, 1)
	even := f.Polynomial(z, 1.0/3628800, 1.0/40320, 1.0/720, 1.0/24, 1.0/2)
	p := f.Do(AddPD, f.Do(MulPD, r, odd), f.Do(MulPD, z, even))
	scale := f.Do(AddLong, k, Bits64(1023))
	VPSLLQ(U8(52), scale, scale)
	return f.Do(AddPD, scale, f.Do(MulPD, scale, p))
}

func (f *Func) Log1p(u reg.VecVirtual) reg.VecVirtual {
	s := f.Do(DivPD, u, f.Do(AddPD, u, Float64(2)))
	z := f.Do(MulPD, s, s)
	w := f.Do(MulPD, z, z)
	even := f.Polynomial(w, 0.07035379662321815, 0.11107700090055997, 0.19999998632121246, 0.9999999999999368)
	odd := f.Polynomial(w, 0.10034077847425321, 0.0915502181938133, 0.14285812013750593, 0.3333333334059967)
	p := f.Do(AddPD, even, f.Do(MulPD, z, odd))
	return f.Do(MulPD, f.Do(AddPD, s, s), p)
}
