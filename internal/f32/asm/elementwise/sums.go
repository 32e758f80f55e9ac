package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A sum runs over one block of elements and is written to x.sums at the number of the block; its order is that of
// sum.go of the package. An accumulator holds a vector of the sixteen lanes.

// sums are the kernels that add up all elements.
func sums() []kernel {
	sum := func(name string, emit func(f *function)) kernel {
		return kernel{name, "is " + name + " of the block that starts at lo.", func(g target, name, doc string) {
			emit(begin(g, name, doc, false))
		}}
	}
	square := func(f *function, v reg.VecVirtual) reg.VecVirtual { return f.do(mulPD, v, v) }
	absolute := func(f *function, v reg.VecVirtual) reg.VecVirtual { return f.do(andPD, v, bits64(1<<63-1)) }
	return []kernel{
		sum("sumSquares", func(f *function) {
			a := f.slice(fieldA)
			emitSum(f, func(at place) reg.VecVirtual { return f.load(a, at) }, square)
		}),
		sum("squaredError", func(f *function) { emitSum(f, difference(f), square) }),
		sum("absoluteError", func(f *function) { emitSum(f, difference(f), absolute) }),
		sum("squaredErrorBoth", func(f *function) {
			y, twice, d := f.slice(fieldY), f.scalar(0), difference(f)
			emitSum(f, func(at place) reg.VecVirtual {
				v := d(at)
				f.store(f.do(mulPS, v, twice), y, at)
				return v
			}, square)
		}),
		{"logisticLoss", "is logisticLoss of the block that starts at lo.", emitLogisticLoss},
	}
}

// difference returns a body that loads a - b.
func difference(f *function) func(at place) reg.VecVirtual {
	a, b := f.slice(fieldA), f.slice(fieldB)
	return func(at place) reg.VecVirtual { return f.do(subPS, f.load(a, at), f.load(b, at)) }
}

// emitSum adds up the terms of numbers that are computed in float32. A term must be 0 for a 0.
func emitSum(f *function, number func(at place) reg.VecVirtual, term func(f *function, v reg.VecVirtual) reg.VecVirtual) {
	acc := f.accumulators()
	f.sumStream(func(at place) {
		v := number(at)
		low, high, upper := f.vec(), f.vec(), f.half()
		VCVTPS2PD(f.lower(v), low)
		if f.wide() {
			VEXTRACTF64X4(U8(1), v, upper)
		} else {
			VEXTRACTF128(U8(1), v, upper)
		}
		VCVTPS2PD(upper, high)
		k := 2 * at.vector % len(acc)
		f.into(addPD, acc[k], acc[k], term(f, low))
		f.into(addPD, acc[k+1], acc[k+1], term(f, high))
	})
	f.finish(acc)
}

func emitLogisticLoss(g target, name, doc string) {
	f := begin(g, name, doc, true)
	z, target, acc := f.slice(fieldA), f.slice(fieldB), f.accumulators()
	f.sumStream(func(at place) {
		v := f.crossEntropy(f.load(z, at), f.load(target, at))
		if at.masked {
			f.clearTail(v, at)
		}
		k := at.vector % len(acc)
		f.into(addPD, acc[k], acc[k], v)
	})
	f.finish(acc)
}

// clearTail zeroes the float64 elements that are masked out.
func (f *function) clearTail(v reg.VecVirtual, at place) {
	if f.wide() {
		VMOVAPD_Z(v, f.tails[at.vector], v)
		return
	}
	m := f.vec()
	VPMOVSXDQ(f.tails[at.vector], m)
	f.into(andPD, v, v, m)
}

func (f *function) accumulators() []reg.VecVirtual {
	var acc []reg.VecVirtual
	for range 128 / f.size {
		acc = append(acc, f.zero())
	}
	return acc
}

// sumStream runs a body over all elements, sixteen in a step.
func (f *function) sumStream(body func(at place)) {
	vectors := 16 / f.lanes()
	f.loop("one", vectors, body)
	TESTQ(f.n, f.n)
	JE(LabelRef("done"))
	f.setTails(vectors)
	for k := range vectors {
		body(place{vector: k, masked: true})
	}
	Label("done")
}

// finish adds up the lanes and stores the sum.
func (f *function) finish(acc []reg.VecVirtual) {
	for half := len(acc) / 2; half > 0; half /= 2 {
		for j := range half {
			f.into(addPD, acc[j], acc[j], acc[j+half])
		}
	}
	v := acc[0]
	if f.wide() {
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
	MOVQ(Mem{Base: f.x, Disp: fieldSums}, p)
	SHRQ(U8(12), f.lo)
	VMOVSD(pair, Mem{Base: p, Index: f.lo, Scale: 8})
	f.end()
}
