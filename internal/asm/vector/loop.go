package vector

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Stream runs a body over all vectors: unroll of them at once while there are as many, then one by
// one, and the last, incomplete one under a mask.
func (f *Func) Stream(unroll int, body func(at Place)) {
	if unroll > 1 {
		f.Loop("many", unroll, body)
	}
	f.Loop("one", 1, body)
	TESTQ(f.N, f.N)
	JE(LabelRef("done"))
	f.SetTails(1)
	body(Place{Masked: true})
	Label("done")
}

// Loop runs a body over so many vectors at once, while there are as many.
func (f *Func) Loop(label string, vectors int, body func(at Place)) {
	f.Steps(label, vectors*f.Lanes(), func() {
		for k := range vectors {
			body(Place{Vector: k})
		}
	})
}

// Steps runs a body for each step elements, while there are as many.
func (f *Func) Steps(label string, step int, body func()) {
	Label(label)
	CMPQ(f.N, U32(step))
	JL(LabelRef("after_" + label))
	body()
	ADDQ(U32(step), f.I)
	SUBQ(U32(step), f.N)
	JMP(LabelRef(label))
	Label("after_" + label)
}

// Strips runs strip for each vector, the last, incomplete one under a mask, and ends the function.
// The kernel's lo is 0.
func (f *Func) Strips(strip func(masked bool)) {
	f.Steps("strip", f.Lanes(), func() { strip(false) })
	f.LastStrip(strip)
}

// LastStrip runs strip for the elements that are left, under a mask, and ends the function.
func (f *Func) LastStrip(strip func(masked bool)) {
	TESTQ(f.N, f.N)
	JE(LabelRef("done"))
	f.SetTails(1)
	strip(true)
	Label("done")
	f.End()
}

// SetTails makes the masks of the first N elements of some vectors.
func (f *Func) SetTails(vectors int) {
	for k := range vectors {
		if f.Wide() {
			f.tails = append(f.tails, f.lowBits(k))
			continue
		}
		v := f.Vec()
		if f.double {
			v = f.Half()
		}
		table := f.ones(f.N)
		table.Disp = 4 * k * f.Lanes()
		VMOVUPS(table, v)
		f.tails = append(f.tails, v)
	}
}

// lowBits returns the opmask of those of the first N elements that are in vector k.
func (f *Func) lowBits(k int) reg.Register {
	MOVQ(f.N, reg.RCX)
	b := GP64()
	MOVQ(U32(1), b)
	SHLQ(reg.CL, b)
	DECQ(b)
	if k > 0 {
		SHRQ(U8(k*f.Lanes()), b)
	}
	m := K()
	KMOVW(b.As32(), m)
	return m
}

// ones returns the address of n elements of ones, followed by zeros, for n up to 16.
func (f *Func) ones(n reg.GPVirtual) Mem {
	p, end := GP64(), GP64()
	LEAQ(Mem{Symbol: Symbol{Name: "ones", Static: true}, Base: reg.StaticBase, Disp: 64}, p)
	MOVQ(n, end)
	NEGQ(end)
	return Mem{Base: p, Index: end, Scale: 4}
}
