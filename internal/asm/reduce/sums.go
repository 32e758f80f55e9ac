package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// A sum runs over one block of elements. It is written to sums at the number of the block. Its
// order is the one of f32.Lanes. An accumulator holds a vector of the sixteen lanes.

// sums are the kernels that add up all elements.
func sums() []vector.Kernel {
	sum := func(name string, emit func(f function)) vector.Kernel {
		return vector.Kernel{Name: name, Operands: "terms", Doc: "is " + name + " of the block that starts at lo.", Emit: func(v *vector.Func) {
			emit(function{v})
		}}
	}
	square := func(f function, v reg.VecVirtual) reg.VecVirtual { return f.Do(vector.MulPD, v, v) }
	absolute := func(f function, v reg.VecVirtual) reg.VecVirtual { return f.Abs(v) }
	logistic := sum("logisticLoss", emitLogisticLoss)
	logistic.Double = true
	return []vector.Kernel{
		sum("sumSquares", func(f function) {
			a := f.Slice(termsA)
			f.sum(func(at vector.Place) reg.VecVirtual { return f.Load(a, at) }, square)
		}),
		sum("squaredError", func(f function) { f.sum(f.difference(), square) }),
		sum("absoluteError", func(f function) { f.sum(f.difference(), absolute) }),
		sum("squaredErrorBoth", func(f function) {
			y, twice, d := f.Slice(termsDX), f.Scalar(termsFactor), f.difference()
			f.sum(func(at vector.Place) reg.VecVirtual {
				v := d(at)
				f.Store(f.Do(vector.MulPS, v, twice), y, at)
				return v
			}, square)
		}),
		logistic,
		{Name: "allFinite", Operands: "finite", Doc: "sets x.carry to 0 if all numbers are finite, else to something else.", Emit: emitAllFinite},
	}
}

// difference returns a body that loads a - b.
func (f function) difference() func(at vector.Place) reg.VecVirtual {
	a, b := f.Slice(termsA), f.Slice(termsB)
	return func(at vector.Place) reg.VecVirtual { return f.Do(vector.SubPS, f.Load(a, at), f.Load(b, at)) }
}

// sum adds up the terms of numbers that are computed in float32. The term of a 0 must be 0.
func (f function) sum(number func(at vector.Place) reg.VecVirtual, term func(f function, v reg.VecVirtual) reg.VecVirtual) {
	acc := f.accumulators()
	f.sixteens(func(at vector.Place) {
		v := number(at)
		low, high, upper := f.Vec(), f.Vec(), f.Half()
		VCVTPS2PD(f.Lower(v), low)
		if f.Wide() {
			VEXTRACTF64X4(U8(1), v, upper)
		} else {
			VEXTRACTF128(U8(1), v, upper)
		}
		VCVTPS2PD(upper, high)
		k := 2 * at.Vector % len(acc)
		f.Into(vector.AddPD, acc[k], acc[k], term(f, low))
		f.Into(vector.AddPD, acc[k+1], acc[k+1], term(f, high))
	})
	f.finish(acc)
}

func emitLogisticLoss(f function) {
	z, target, acc := f.Slice(termsA), f.Slice(termsB), f.accumulators()
	f.sixteens(func(at vector.Place) {
		v := f.crossEntropy(f.Load(z, at), f.Load(target, at))
		if at.Masked {
			f.clearTail(v, at)
		}
		k := at.Vector % len(acc)
		f.Into(vector.AddPD, acc[k], acc[k], v)
	})
	f.finish(acc)
}

// clearTail zeroes the float64 elements that are masked out.
func (f function) clearTail(v reg.VecVirtual, at vector.Place) {
	if f.Wide() {
		VMOVAPD_Z(v, f.Tail(at.Vector), v)
		return
	}
	m := f.Vec()
	VPMOVSXDQ(f.Tail(at.Vector), m)
	f.Into(vector.AndPD, v, v, m)
}

func (f function) accumulators() []reg.VecVirtual {
	var acc []reg.VecVirtual
	for range 128 / f.Size() {
		acc = append(acc, f.Zero())
	}
	return acc
}

// sixteens runs a body over all elements, sixteen in a step.
func (f function) sixteens(body func(at vector.Place)) {
	vectors := 16 / f.Lanes()
	f.Loop("one", vectors, body)
	TESTQ(f.N, f.N)
	JE(LabelRef("done"))
	f.SetTails(vectors)
	for k := range vectors {
		body(vector.Place{Vector: k, Masked: true})
	}
	Label("done")
}

// finish adds up the lanes and stores the sum.
func (f function) finish(acc []reg.VecVirtual) {
	for half := len(acc) / 2; half > 0; half /= 2 {
		for j := range half {
			f.Into(vector.AddPD, acc[j], acc[j], acc[j+half])
		}
	}
	v := acc[0]
	if f.Wide() {
		upper := YMM()
		VEXTRACTF64X4(U8(1), v, upper)
		VADDPD(upper, v.AsY(), upper)
		v = upper
	}
	pair, last := XMM(), XMM()
	VEXTRACTF128(U8(1), v.AsY(), pair)
	VADDPD(pair, v.AsX(), pair)
	VPERMILPD(U8(1), pair, last)
	VADDSD(last, pair, pair)
	p := GP64()
	MOVQ(f.Field(termsSums), p)
	SHRQ(U8(12), f.Lo)
	VMOVSD(pair, Mem{Base: p, Index: f.Lo, Scale: 8})
	f.End()
}

func emitAllFinite(f *vector.Func) {
	in := f.Slice(finiteX)
	magnitude, step := f.Number(vector.Bits32(vector.Magnitude)), f.Number(vector.Bits32(1<<23))
	var carry []reg.VecVirtual
	for range 4 {
		carry = append(carry, f.Zero())
	}
	f.Stream(4, func(at vector.Place) {
		v := f.Do(vector.AddInt, f.Do(vector.AndPS, f.Load(in, at), magnitude), step)
		f.Into(vector.OrPS, carry[at.Vector], carry[at.Vector], v)
	})
	for _, c := range carry[1:] {
		f.Into(vector.OrPS, carry[0], carry[0], c)
	}
	if f.Wide() {
		half := YMM()
		VEXTRACTF64X4(U8(1), carry[0], half)
		VORPS(half, carry[0].AsY(), half)
		carry[0] = half
	}
	bits := GP32()
	VMOVMSKPS(carry[0].AsY(), bits)
	MOVL(bits, f.Field(finiteCarry))
	f.End()
}
