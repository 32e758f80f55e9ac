package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// updates are the kernels with shapes of their own: the optimizer's update and dropout.
func updates() []kernel {
	return []kernel{
		{"adam", "is adam by vectors.", emitAdam},
		{"dropout", "is dropout by vectors.", emitDropout},
	}
}

// The operands of adam: y is the weights, a the gradient, b and c the moments; s is alpha, rate1, rate2, eps.
func emitAdam(g target, name, doc string) {
	f := begin(g, name, doc, false)
	w, grad, m, v := f.slice(fieldY), f.slice(fieldA), f.slice(fieldB), f.slice(fieldC)
	alpha, rate1, rate2, eps := f.scalar(0), f.scalar(1), f.scalar(2), f.scalar(3)
	f.stream(2, func(at place) {
		gi, mi, vi := f.load(grad, at), f.load(m, at), f.load(v, at)
		mi = f.do(addPS, mi, f.do(mulPS, f.do(subPS, gi, mi), rate1))
		vi = f.do(addPS, vi, f.do(mulPS, f.do(subPS, f.do(mulPS, gi, gi), vi), rate2))
		f.store(mi, m, at)
		f.store(vi, v, at)
		root := f.vec()
		VSQRTPS(vi, root)
		step := f.do(divPS, f.do(mulPS, mi, alpha), f.do(addPS, root, eps))
		f.store(f.do(subPS, f.load(w, at), step), w, at)
	})
	f.end()
}

const golden = 0x9e3779b97f4a7c15 // the step of SplitMix64

// The operands of dropout: y from a; s is keep; keys is the stream and the threshold minus 1, whose upper half is 0.
func emitDropout(g target, name, doc string) {
	f := begin(g, name, doc, true) // a vector of 64-bit hashes goes with half a vector of numbers
	y, a := f.slice(fieldY), f.slice(fieldA)
	keep := f.half()
	VBROADCASTSS(Mem{Base: f.x, Disp: fieldS}, keep)
	limit := f.vec()
	VPBROADCASTQ(Mem{Base: f.x, Disp: fieldKeys + 8}, limit)

	// The counters of the first vector: stream + (lo+1+lane)*golden, in steps of lanes*golden.
	start, factor := GP64(), GP64()
	MOVQ(f.lo, start)
	INCQ(start)
	MOVQ(U64(golden), factor)
	IMULQ(factor, start)
	ADDQ(Mem{Base: f.x, Disp: fieldKeys}, start)
	counter, first := f.vec(), XMM()
	MOVQ(start, first)
	VPBROADCASTQ(first, counter)
	VPADDQ(f.lanesTimesGolden(), counter, counter)
	size := uint64(f.lanes())
	step := f.number(bits64(golden * size))

	f.stream(1, func(at place) {
		hash := f.mix(counter)
		VPADDQ(step, counter, counter)
		v := f.half()
		f.move(f.at(a, at), v, at)
		VDIVPS(keep, v, v)
		VPSRLQ(U8(32), hash, hash)
		f.drop(hash, limit, v)
		f.move(v, f.at(y, at), at)
	})
	f.end()
}

// lanesTimesGolden holds lane*golden in each 64-bit lane.
func (f *function) lanesTimesGolden() Op {
	if !f.wide() {
		return Mem{Symbol: Symbol{Name: "steps", Static: true}, Base: reg.StaticBase}
	}
	v := f.vec()
	VMOVDQU64(Mem{Symbol: Symbol{Name: "steps", Static: true}, Base: reg.StaticBase}, v)
	return v
}

func emitSteps() {
	GLOBL("steps", attr.RODATA|attr.NOPTR)
	step := uint64(golden)
	for i := range uint64(8) {
		DATA(int(8*i), U64(i*step))
	}
}

// mix is SplitMix64's finaliser.
func (f *function) mix(z reg.VecVirtual) reg.VecVirtual {
	z = f.multiply64(f.xorShift(z, 30), 0xbf58476d1ce4e5b9)
	z = f.multiply64(f.xorShift(z, 27), 0x94d049bb133111eb)
	return f.xorShift(z, 31)
}

func (f *function) xorShift(z reg.VecVirtual, by uint64) reg.VecVirtual {
	s := f.vec()
	VPSRLQ(U8(by), z, s)
	return f.do(xorPD, s, z)
}

// multiply64 returns the low 64 bits of z*c: of z = a + b<<32 and c = d + e<<32 these are a*d + (a*e + b*d)<<32.
func (f *function) multiply64(z reg.VecVirtual, c uint64) reg.VecVirtual {
	if f.wide() {
		v := f.vec()
		VPMULLQ_BCST(bits64(c).address(), z, v)
		return v
	}
	upper := f.vec()
	VPSRLQ(U8(32), z, upper)
	cross := f.do(addLong, f.do(mulLong, z, bits64(c>>32)), f.do(mulLong, upper, bits64(c&(1<<32-1))))
	VPSLLQ(U8(32), cross, cross)
	return f.do(addLong, f.do(mulLong, z, bits64(c&(1<<32-1))), cross)
}

// drop zeroes the numbers whose 32-bit hash, in a 64-bit lane, exceeds limit.
func (f *function) drop(hash, limit, v reg.VecVirtual) {
	if f.wide() {
		k := K()
		VPCMPQ(U8(2), limit, hash, k) // hash <= limit
		VMOVAPS_Z(v, k, v)
		return
	}
	m, upper := f.vec(), XMM()
	VPCMPGTQ(limit, hash, m)
	VEXTRACTF128(U8(1), m, upper)
	VSHUFPS(U8(0x88), upper, m.AsX(), upper) // the lower words of four 64-bit lanes
	VANDNPS(v, upper, v)
}
