package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is what differs between the instruction sets. lanes is the width of a vector, of which a register may use the lower
// part alone.
type isa interface {
	name() string
	layouts() []layout
	vec(i, lanes int) reg.VecPhysical
	registers() int
	reserved() int // the last registers, which hold no numbers
	broadcasts() bool
	setMask() // for the number of elements of the last vector, in cols
	load(m Op, v reg.VecPhysical, masked bool)
	store(v reg.VecPhysical, m Op, masked bool)
	zero(v reg.VecPhysical)
	leaky(v, slope, signs, spare reg.VecPhysical) // v *= slope where its sign bit is set
	broadcastBits(bits uint32, v reg.VecPhysical)
}

// A layout is how the rows of some tiles lie in vectors, of which the last may be a partial one.
type layout struct{ lanes, vecs, maxRows int }

func (l layout) cols() int { return l.lanes * l.vecs }

// longRows adds the layouts of tiles of one row.
func longRows(l []layout) []layout {
	for last := l[len(l)-1]; last.vecs < 12; {
		last = layout{last.lanes, last.vecs + 1, 1}
		l = append(l, last)
	}
	return l
}

type avx512 struct{}

func (avx512) name() string { return "AVX512" }

// layouts begins with half vectors, of which the processor multiplies twice as many at a time if its units are narrow.
func (avx512) layouts() []layout {
	return longRows([]layout{{8, 1, 16}, {16, 1, 16}, {16, 2, 14}, {16, 3, 8}, {16, 4, 6}})
}

func (avx512) registers() int   { return 32 }
func (avx512) reserved() int    { return 0 }
func (avx512) broadcasts() bool { return true }

func (avx512) vec(i, lanes int) reg.VecPhysical {
	z := []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}[i]
	if lanes == 8 {
		return z.(reg.Vec).AsY().(reg.VecPhysical)
	}
	return z
}

// setMask sets the lowest cols bits of K1.
func (avx512) setMask() {
	MOVL(U32(1), scratch)
	SHLL(reg.CL, scratch)
	DECL(scratch)
	KMOVW(scratch, reg.K1)
}

func (avx512) load(m Op, v reg.VecPhysical, masked bool) {
	if masked {
		VMOVUPS_Z(m, reg.K1, v)
	} else {
		VMOVUPS(m, v)
	}
}

func (avx512) store(v reg.VecPhysical, m Op, masked bool) {
	if masked {
		VMOVUPS(v, reg.K1, m)
	} else {
		VMOVUPS(v, m)
	}
}

func (avx512) zero(v reg.VecPhysical) { VPXORD(v, v, v) }

func (avx512) broadcastBits(bits uint32, v reg.VecPhysical) {
	MOVL(U32(bits), scratch)
	VPBROADCASTD(scratch, v)
}

func (avx512) leaky(v, slope, signs, _ reg.VecPhysical) {
	VPTESTMD(signs, v, reg.K2)
	VMULPS(slope, v, reg.K2, v)
}

// avx2 holds the address of a table of 16 words of ones and 16 of zeros.
type avx2 struct{ masks Mem }

func newAVX2() avx2 {
	table := GLOBL("convMaskAVX2", RODATA|NOPTR)
	for i := range 32 {
		DATA(4*i, U32(uint32(int32(i-16)>>31)))
	}
	return avx2{table}
}

func (avx2) name() string { return "AVX2" }

func (avx2) layouts() []layout {
	return longRows([]layout{{8, 1, 12}, {8, 2, 6}})
}

func (avx2) registers() int   { return 16 }
func (avx2) reserved() int    { return 1 }
func (avx2) broadcasts() bool { return false }

func (avx2) vec(i, _ int) reg.VecPhysical {
	return []reg.VecPhysical{
		reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
	}[i]
}

// maskReg is the reserved register.
var maskReg = reg.Y15

// setMask sets the sign bits of the lowest cols elements.
func (s avx2) setMask() {
	address := reg.RDI
	LEAQ(s.masks, address)
	NEGQ(cols)
	VMOVDQU(Mem{Base: address, Index: cols, Scale: 4, Disp: 64}, maskReg)
}

func (avx2) load(m Op, v reg.VecPhysical, masked bool) {
	if masked {
		VMASKMOVPS(m, maskReg, v)
	} else {
		VMOVUPS(m, v)
	}
}

func (avx2) storeMask(v reg.VecPhysical, m Op, mask reg.VecPhysical) { VMASKMOVPS(v, mask, m) }

func (s avx2) store(v reg.VecPhysical, m Op, masked bool) {
	if masked {
		s.storeMask(v, m, maskReg)
	} else {
		VMOVUPS(v, m)
	}
}

func (avx2) zero(v reg.VecPhysical) { VXORPS(v, v, v) }

func (avx2) broadcastBits(uint32, reg.VecPhysical) {}

func (avx2) leaky(v, slope, _, spare reg.VecPhysical) {
	VMULPS(slope, v, spare)
	VBLENDVPS(v, spare, v, v)
}
