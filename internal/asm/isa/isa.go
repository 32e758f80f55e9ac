// Package isa holds the parts that the generators of tiles share: the instruction sets, and the
// code around the sums of a tile.
package isa

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Set has the parts of the code that differ between the instruction sets.
type Set interface {
	Name() string
	Lanes() int // of a vector
	Vec(i int) reg.VecPhysical
	Broadcasts() bool // instructions take a number in memory for all lanes

	// SetMask makes the mask of the last vector of a row, which may be a partial one. Cols holds
	// the number of its elements. It changes Cols and Scratch.
	SetMask()
	Load(m Op, v reg.VecPhysical, masked bool)
	Store(v reg.VecPhysical, m Op, masked bool)
	Zero(v reg.VecPhysical)

	// BroadcastBits makes the register signs that Leaky takes. It may change Scratch.
	BroadcastBits(bits uint32, v reg.VecPhysical)
	// Leaky multiplies v by slope where its sign bit is set.
	Leaky(v, slope, signs, spare reg.VecPhysical)
}

// The registers that a Set uses beside vectors and masks. Cols is RCX, because shifts take their
// count from it.
var (
	Cols    = reg.RCX
	Scratch = reg.EDI
	address = reg.RDI // Scratch as a whole
)

// AVX512 has vectors of 16 lanes, or of 8 if Half is set.
type AVX512 struct{ Half bool }

func (AVX512) Name() string     { return "AVX512" }
func (AVX512) Broadcasts() bool { return true }

func (s AVX512) Lanes() int {
	if s.Half {
		return 8
	}
	return 16
}

func (s AVX512) Vec(i int) reg.VecPhysical {
	z := []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}[i]
	if s.Half {
		return z.(reg.Vec).AsY().(reg.VecPhysical)
	}
	return z
}

// SetMask sets the lowest Cols bits of K1.
func (AVX512) SetMask() {
	MOVL(U32(1), Scratch)
	SHLL(reg.CL, Scratch)
	DECL(Scratch)
	KMOVW(Scratch, reg.K1)
}

func (AVX512) Load(m Op, v reg.VecPhysical, masked bool) {
	if masked {
		VMOVUPS_Z(m, reg.K1, v)
	} else {
		VMOVUPS(m, v)
	}
}

func (AVX512) Store(v reg.VecPhysical, m Op, masked bool) {
	if masked {
		VMOVUPS(v, reg.K1, m)
	} else {
		VMOVUPS(v, m)
	}
}

func (AVX512) Zero(v reg.VecPhysical) { VPXORD(v, v, v) }

func (AVX512) BroadcastBits(bits uint32, v reg.VecPhysical) {
	MOVL(U32(bits), Scratch)
	VPBROADCASTD(Scratch, v)
}

func (AVX512) Leaky(v, slope, signs, _ reg.VecPhysical) {
	VPTESTMD(signs, v, reg.K2)
	VMULPS(slope, v, reg.K2, v)
}

// AVX2 has the address of a table of masks: so many words of ones, and as many words of zeros.
type AVX2 struct {
	Masks Mem
	words int
}

// NewAVX2 writes the table of masks. The caller chooses its name and size, and may take wider masks
// from it.
func NewAVX2(name string, words int) AVX2 {
	table := GLOBL(name, RODATA|NOPTR)
	for i := range 2 * words {
		DATA(4*i, U32(uint32(int32(i-words)>>31)))
	}
	return AVX2{table, words}
}

func (AVX2) Name() string     { return "AVX2" }
func (AVX2) Lanes() int       { return 8 }
func (AVX2) Broadcasts() bool { return false }

func (AVX2) Vec(i int) reg.VecPhysical {
	return []reg.VecPhysical{
		reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
	}[i]
}

// maskReg is the last register. Tiles do not use it.
var maskReg = reg.Y15

// SetMask sets the sign bits of the lowest Cols elements, and negates Cols.
func (s AVX2) SetMask() {
	LEAQ(s.Masks, address)
	NEGQ(Cols)
	VMOVDQU(Mem{Base: address, Index: Cols, Scale: 4, Disp: 4 * s.words}, maskReg)
}

func (AVX2) Load(m Op, v reg.VecPhysical, masked bool) {
	if masked {
		VMASKMOVPS(m, maskReg, v)
	} else {
		VMOVUPS(m, v)
	}
}

func (AVX2) Store(v reg.VecPhysical, m Op, masked bool) {
	if masked {
		VMASKMOVPS(v, maskReg, m)
	} else {
		VMOVUPS(v, m)
	}
}

func (AVX2) Zero(v reg.VecPhysical) { VXORPS(v, v, v) }

// BroadcastBits does nothing, because Leaky takes the signs from v.
func (AVX2) BroadcastBits(uint32, reg.VecPhysical) {}

func (AVX2) Leaky(v, slope, _, spare reg.VecPhysical) {
	VMULPS(slope, v, spare)
	VBLENDVPS(v, spare, v, v)
}
