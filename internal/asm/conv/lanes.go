package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

// lanes writes a kernel for sums that are split up into sixteen lanes.
func lanes(name string, maxRows int, code func(rows int, prefix string)) {
	TEXT("convLanes"+name, NOSPLIT, "func(rows, inner, aRow int, segments *int, count int, a, b, c, bias *float32, rectifier int, slope float32)")
	Doc(fmt.Sprintf("convLanes%s is tile.lanes for 1 to %d rows and inner at least 1.", name, maxRows))
	Pragma("noescape")
	Load(Param("rows"), rows)
	Load(Param("aRow"), aRow)
	Load(Param("segments"), segment)
	Load(Param("count"), end)
	SHLQ(Imm(2), aRow)
	SHLQ(Imm(4), end)
	ADDQ(segment, end)
	LEAQ(Mem{Base: aRow, Index: aRow, Scale: 2}, aRow3)
	LEAQ(Mem{Base: aRow, Index: aRow, Scale: 4}, aRow5)
	LEAQ(Mem{Base: aRow3, Index: aRow, Scale: 4}, aRow7)
	isa.Bisect(rows, 1, maxRows, "rows", code)
}

// segments runs full for each sixteen terms of a segment, and rest for the terms that are left, if
// there are any.
func (b body) segments(full, rest func()) {
	CMPQ(segment, end)
	JEQ(b.Ref("done"))
	Label(b.Label("segment"))
	b.enter()
	SHRQ(Imm(4), counter)
	JEQ(b.Ref("rest"))
	Label(b.Label("loop"))
	full()
	ADDQ(Imm(64), aReg)
	if b.Rows > high {
		ADDQ(Imm(64), aHigh)
	}
	ADDQ(Imm(64), bReg)
	DECQ(counter)
	JNE(b.Ref("loop"))
	Label(b.Label("rest"))
	TESTQ(U32(15), isa.Arg("inner"))
	JEQ(b.Ref("ended"))
	rest()
	Label(b.Label("ended"))
	ADDQ(Imm(16), segment)
	CMPQ(segment, end)
	JNE(b.Ref("segment"))
	Label(b.Label("done"))
}

// finishLanes adds the bias to a vector of sums, applies the activation and stores it. It uses two
// more registers.
func (b body) finishLanes(sums, x, y reg.VecPhysical) {
	MOVQ(isa.Arg("bias"), biasReg)
	TESTQ(biasReg, biasReg)
	JEQ(b.Ref("biased"))
	VBROADCASTSS(Mem{Base: biasReg}, x)
	VADDPS(x, sums, sums)
	Label(b.Label("biased"))
	b.Activate([]reg.VecPhysical{sums}, x, y, y)
	MOVQ(isa.Arg("c"), cReg)
}

func lanesAVX512(s isa.AVX512) {
	lanes(s.Name(), 16, func(n int, prefix string) {
		b := body{isa.Tile{Set: s, Rows: n, Vecs: 1, Prefix: prefix}}
		acc := s.Vec
		w, t := s.Vec(16), s.Vec(17)
		Comment(fmt.Sprintf("%d rows", n))
		Load(Param("inner"), cols)
		ANDQ(Imm(15), cols)
		s.SetMask()
		for i := range 16 {
			s.Zero(acc(i))
		}
		b.segments(func() {
			VMOVUPS(Mem{Base: bReg}, w)
			for i := range n {
				VFMADD231PS(b.a(i), w, acc(i))
			}
		}, func() {
			s.Load(Mem{Base: bReg}, w, true)
			for i := range n {
				VFMADD231PS(b.a(i), w, reg.K1, acc(i))
			}
		})
		// A quarter of a vector has four lanes. In these vectors the quarters belong to two rows,
		// then to four.
		add := func(dst, x, y reg.VecPhysical, low, high func(y, x, to reg.VecPhysical)) {
			low(y, x, t)
			high(y, x, dst)
			VADDPS(dst, t, dst)
		}
		quarters := func(imm uint64) func(y, x, to reg.VecPhysical) {
			return func(y, x, to reg.VecPhysical) { VSHUFF32X4(Imm(imm), y, x, to) }
		}
		for i := range 8 { // rows i and i+4 of the first eight rows, then of the others
			x := i%4 + i/4*8
			add(acc(x), acc(x), acc(x+4), quarters(0b01_00_01_00), quarters(0b11_10_11_10))
		}
		for i := range 4 { // quarter k belongs to row i+4k
			add(acc(i), acc(i), acc(i+8), quarters(0b10_00_10_00), quarters(0b11_01_11_01))
		}
		for _, i := range []int{0, 2} { // quarter k holds rows 4k+i and 4k+i+1
			add(acc(i), acc(i), acc(i+1),
				func(y, x, to reg.VecPhysical) { VUNPCKLPD(y, x, to) }, func(y, x, to reg.VecPhysical) { VUNPCKHPD(y, x, to) })
		}
		add(acc(0), acc(0), acc(2),
			func(y, x, to reg.VecPhysical) { VSHUFPS(Imm(0b10_00_10_00), y, x, to) },
			func(y, x, to reg.VecPhysical) { VSHUFPS(Imm(0b11_01_11_01), y, x, to) })
		b.finishLanes(acc(0), w, t)
		MOVL(U32(1<<n-1), scratch)
		KMOVW(scratch, reg.K1)
		s.Store(acc(0), Mem{Base: cReg}, true)
		VZEROUPPER()
		RET()
	})
}

const laneRowsAVX2 = 4

func lanesAVX2(s isa.AVX2) {
	lanes(s.Name(), laneRowsAVX2, func(n int, prefix string) {
		b := body{isa.Tile{Set: s, Rows: n, Vecs: 2, Prefix: prefix}}
		acc := b.Acc // by row and half
		w := [2]reg.VecPhysical{reg.Y8, reg.Y9}
		masks := [2]reg.VecPhysical{reg.Y14, reg.Y15}
		x, t := reg.Y10, reg.Y11
		Comment(fmt.Sprintf("%d rows", n))
		address := reg.RDI
		Load(Param("inner"), cols)
		ANDQ(Imm(15), cols)
		NEGQ(cols)
		LEAQ(s.Masks, address)
		for half := range 2 {
			VMOVDQU(Mem{Base: address, Index: cols, Scale: 4, Disp: 64 + 32*half}, masks[half])
		}
		for i := range laneRowsAVX2 {
			s.Zero(acc(i, 0))
			s.Zero(acc(i, 1))
		}
		at := func(m Op, half int) Op {
			a := m.(Mem)
			a.Disp += 32 * half
			return a
		}
		b.segments(func() {
			for half := range w {
				VMOVUPS(Mem{Base: bReg, Disp: 32 * half}, w[half])
				for i := range n {
					VFMADD231PS(at(b.a(i), half), w[half], acc(i, half))
				}
			}
		}, func() {
			for half := range w {
				VMASKMOVPS(Mem{Base: bReg, Disp: 32 * half}, masks[half], w[half])
				for i := range n {
					VMASKMOVPS(at(b.a(i), half), masks[half], x)
					VMOVAPS(acc(i, half), t)
					VFMADD231PS(x, w[half], t)
					VBLENDVPS(masks[half], t, acc(i, half), acc(i, half))
				}
			}
		})
		sumLanesAVX2(acc, x, t)
		b.finishLanes(t, x, reg.Y12)
		LEAQ(s.Masks, address)
		VMOVDQU(Mem{Base: address, Disp: 64 - 4*n}, masks[0])
		VMASKMOVPS(t, masks[0], Mem{Base: cReg})
		VZEROUPPER()
		RET()
	})
}

// sumLanesAVX2 adds up the sixteen lanes of four rows, each in two vectors. The sums are in the lower half of t.
func sumLanesAVX2(acc func(row, half int) reg.VecPhysical, x, t reg.VecPhysical) {
	for i := range laneRowsAVX2 {
		VADDPS(acc(i, 1), acc(i, 0), acc(i, 0))
	}
	for i := range 2 { // half k belongs to row i+2k
		VPERM2F128(Imm(0x20), acc(i+2, 0), acc(i, 0), t)
		VPERM2F128(Imm(0x31), acc(i+2, 0), acc(i, 0), acc(i, 0))
		VADDPS(acc(i, 0), t, acc(i, 0))
	}
	VUNPCKLPD(acc(1, 0), acc(0, 0), t)
	VUNPCKHPD(acc(1, 0), acc(0, 0), x)
	VADDPS(x, t, t)  // half k: two lanes of row 2k, two of row 2k+1
	VHADDPS(t, t, t) // rows 2k and 2k+1, twice
	VEXTRACTF128(Imm(1), t, x.AsX())
	VUNPCKLPD(x, t, t)
}
