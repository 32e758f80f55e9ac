package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type avx512 struct{}

func (avx512) name() string { return "AVX512" }
func (avx512) maxRows() int { return 14 }
func (avx512) maxVecs() int { return 12 }
func (avx512) lanes() int   { return 16 }

func (avx512) vec(i int) reg.VecPhysical {
	return []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}[i]
}

func (avx512) layouts() []layout { return []layout{{1, true}, {2, true}} }

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

// avx2 holds the address of a table of 8 ones and 8 zeros.
type avx2 struct{ masks Mem }

func (avx2) name() string { return "AVX2" }
func (avx2) maxRows() int { return 6 }
func (avx2) maxVecs() int { return 12 }
func (avx2) lanes() int   { return 8 }

func (avx2) vec(i int) reg.VecPhysical {
	return []reg.VecPhysical{
		reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
	}[i]
}

func (avx2) layouts() []layout { return []layout{{1, true}, {2, true}, {2, false}} }

// maskReg is the last free register.
var maskReg = reg.Y15

func newAVX2() avx2 {
	table := GLOBL("maskAVX2", RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(uint32(int32(i-8)>>31)))
	}
	return avx2{table}
}

// setMask sets the sign bits of the lowest cols elements.
func (s avx2) setMask() {
	address := reg.RDI
	LEAQ(s.masks, address)
	NEGQ(cols)
	VMOVDQU(Mem{Base: address, Index: cols, Scale: 4, Disp: 32}, maskReg)
}

func (avx2) load(m Op, v reg.VecPhysical, masked bool) {
	if masked {
		VMASKMOVPS(m, maskReg, v)
	} else {
		VMOVUPS(m, v)
	}
}

func (avx2) store(v reg.VecPhysical, m Op, masked bool) {
	if masked {
		VMASKMOVPS(v, maskReg, m)
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
