package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// updates returns the kernels that do not work on elements: the update of Adam, and dropout.
func updates() []vector.Kernel {
	return []vector.Kernel{
		{Name: "adam", Operands: "adamOperands", Doc: "is adam by vectors.", Emit: emitAdam},
		// A vector of 64-bit hashes goes with half a vector of numbers.
		{Name: "dropout", Operands: "dropoutOperands", Doc: "is dropout by vectors.", Double: true, Emit: func(f *vector.Func) { emitDropout(function{f}) }},
	}
}

func emitAdam(f *vector.Func) {
	w, grad, m, v := f.Slice(adamW), f.Slice(adamG), f.Slice(adamM), f.Slice(adamV)
	alpha, rate1, rate2, eps := f.Scalar(adamAlpha), f.Scalar(adamRate1), f.Scalar(adamRate2), f.Scalar(adamEps)
	f.Stream(2, func(at vector.Place) {
		gi, mi, vi := f.Load(grad, at), f.Load(m, at), f.Load(v, at)
		mi = f.Do(vector.AddPS, mi, f.Do(vector.MulPS, f.Do(vector.SubPS, gi, mi), rate1))
		vi = f.Do(vector.AddPS, vi, f.Do(vector.MulPS, f.Do(vector.SubPS, f.Do(vector.MulPS, gi, gi), vi), rate2))
		f.Store(mi, m, at)
		f.Store(vi, v, at)
		root := f.Vec()
		VSQRTPS(vi, root)
		step := f.Do(vector.DivPS, f.Do(vector.MulPS, mi, alpha), f.Do(vector.AddPS, root, eps))
		f.Store(f.Do(vector.SubPS, f.Load(w, at), step), w, at)
	})
	f.End()
}

const golden = 0x9e3779b97f4a7c15 // the step of SplitMix64

func emitDropout(f function) {
	y, x := f.Slice(dropoutY), f.Slice(dropoutX)
	keep := f.Half()
	VBROADCASTSS(f.Field(dropoutKeep), keep)
	limit := f.Vec()
	VPBROADCASTQ(f.Field(dropoutLast), limit)

	// The counters of the first vector: stream + (lo+1+lane)*golden, in steps of lanes*golden.
	start, factor := GP64(), GP64()
	MOVQ(f.Lo, start)
	INCQ(start)
	MOVQ(U64(golden), factor)
	IMULQ(factor, start)
	ADDQ(f.Field(dropoutStream), start)
	counter, first := f.Vec(), XMM()
	MOVQ(start, first)
	VPBROADCASTQ(first, counter)
	VPADDQ(f.lanesTimesGolden(), counter, counter)
	size := uint64(f.Lanes())
	step := f.Number(vector.Bits64(golden * size))

	f.Stream(1, func(at vector.Place) {
		hash := f.mix(counter)
		VPADDQ(step, counter, counter)
		v := f.Half()
		f.Move(f.At(x, at), v, at)
		VDIVPS(keep, v, v)
		VPSRLQ(U8(32), hash, hash)
		f.drop(hash, limit, v)
		f.Move(v, f.At(y, at), at)
	})
	f.End()
}

// lanesTimesGolden holds lane*golden in each 64-bit lane.
func (f function) lanesTimesGolden() Op {
	if !f.Wide() {
		return Mem{Symbol: Symbol{Name: "steps", Static: true}, Base: reg.StaticBase}
	}
	v := f.Vec()
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

// mix is the finaliser of SplitMix64.
func (f function) mix(z reg.VecVirtual) reg.VecVirtual {
	z = f.multiply64(f.xorShift(z, 30), 0xbf58476d1ce4e5b9)
	z = f.multiply64(f.xorShift(z, 27), 0x94d049bb133111eb)
	return f.xorShift(z, 31)
}

func (f function) xorShift(z reg.VecVirtual, by uint64) reg.VecVirtual {
	s := f.Vec()
	VPSRLQ(U8(by), z, s)
	return f.Do(vector.XorPD, s, z)
}

// multiply64 returns the low 64 bits of z*c. With z = a + b<<32 and c = d + e<<32, they are a*d +
// (a*e + b*d)<<32.
func (f function) multiply64(z reg.VecVirtual, c uint64) reg.VecVirtual {
	if f.Wide() {
		v := f.Vec()
		VPMULLQ_BCST(vector.Bits64(c).Address(), z, v)
		return v
	}
	upper := f.Vec()
	VPSRLQ(U8(32), z, upper)
	cross := f.Do(vector.AddLong, f.Do(vector.MulLong, z, vector.Bits64(c>>32)), f.Do(vector.MulLong, upper, vector.Bits64(c&(1<<32-1))))
	VPSLLQ(U8(32), cross, cross)
	return f.Do(vector.AddLong, f.Do(vector.MulLong, z, vector.Bits64(c&(1<<32-1))), cross)
}

// drop zeroes the numbers whose 32-bit hash, in a 64-bit lane, exceeds limit.
func (f function) drop(hash, limit, v reg.VecVirtual) {
	if f.Wide() {
		k := K()
		VPCMPQ(U8(2), limit, hash, k) // hash <= limit
		VMOVAPS_Z(v, k, v)
		return
	}
	m, upper := f.Vec(), XMM()
	VPCMPGTQ(limit, hash, m)
	VEXTRACTF128(U8(1), m, upper)
	VSHUFPS(U8(0x88), upper, m.AsX(), upper) // the lower words of four 64-bit lanes
	VANDNPS(v, upper, v)
}
