package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes writes a kernel for sums that are split up into sixteen lanes.
func lanes(name string, maxRows int, code func(rows int, prefix string)) {
	TEXT("convLanes"+name, NOSPLIT, "func(rows, inner, aRow int, segments *int, count int, a, b, c, bias *float32, act int, slope float32)")
	Doc(fmt.Sprintf("convLanes%s computes what convTile.lanes says, for 1 to %d rows and inner at least 1.", name, maxRows))
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
	bisect(rows, 1, maxRows, "rows", code)
}

// segments runs full for each sixteen terms of a segment, and rest, unless it has none, for those that are left.
func (b body) segments(full, rest func()) {
	CMPQ(segment, end)
	JEQ(b.ref("done"))
	Label(b.label("segment"))
	b.enter()
	SHRQ(Imm(4), counter)
	JEQ(b.ref("rest"))
	Label(b.label("loop"))
	full()
	ADDQ(Imm(64), aReg)
	if b.rows > high {
		ADDQ(Imm(64), aHigh)
	}
	ADDQ(Imm(64), bReg)
	DECQ(counter)
	JNE(b.ref("loop"))
	Label(b.label("rest"))
	TESTQ(U32(15), param("inner"))
	JEQ(b.ref("ended"))
	rest()
	Label(b.label("ended"))
	ADDQ(Imm(16), segment)
	CMPQ(segment, end)
	JNE(b.ref("segment"))
	Label(b.label("done"))
}

// finishLanes adds the bias to a vector of sums, applies the activation and stores it. It uses two more registers.
func (b body) finishLanes(sums, x, y reg.VecPhysical) {
	MOVQ(param("bias"), biasReg)
	TESTQ(biasReg, biasReg)
	JEQ(b.ref("biased"))
	VBROADCASTSS(Mem{Base: biasReg}, x)
	VADDPS(x, sums, sums)
	Label(b.label("biased"))
	CMPQ(param("act"), Imm(1))
	JLT(b.ref("active"))
	JGT(b.ref("relu"))
	VBROADCASTSS(param("slope"), x)
	b.broadcastBits(1<<31, y)
	b.leaky(sums, x, y, y)
	JMP(b.ref("active"))
	Label(b.label("relu"))
	b.zero(x)
	VMAXPS(sums, x, sums) // of zeros and with a NaN this is the sum,
	VADDPS(x, sums, sums) // and this makes -0 +0
	Label(b.label("active"))
	MOVQ(param("c"), cReg)
}

func lanesAVX512() {
	s := avx512{}
	lanes(s.name(), 16, func(n int, prefix string) {
		b := body{s, layout{16, 1, 16}, n, prefix}
		acc := func(i int) reg.VecPhysical { return s.vec(i, 16) }
		w, t := s.vec(16, 16), s.vec(17, 16)
		Comment(fmt.Sprintf("%d rows", n))
		Load(Param("inner"), cols)
		ANDQ(Imm(15), cols)
		s.setMask()
		for i := range 16 {
			s.zero(acc(i))
		}
		b.segments(func() {
			VMOVUPS(Mem{Base: bReg}, w)
			for i := range n {
				VFMADD231PS(b.a(i), w, acc(i))
			}
		}, func() {
			s.load(Mem{Base: bReg}, w, true)
			for i := range n {
				VFMADD231PS(b.a(i), w, reg.K1, acc(i))
			}
		})
		// Quarters of vectors: of rows i and j, lanes 0 to 3, 4 to 7 of the first, and the same of the second.
		add := func(dst, x, y reg.VecPhysical, low, high func(y, x, to reg.VecPhysical)) {
			low(y, x, t)
			high(y, x, dst)
			VADDPS(dst, t, dst)
		}
		quarters := func(imm uint64) func(y, x, to reg.VecPhysical) {
			return func(y, x, to reg.VecPhysical) { VSHUFF32X4(Imm(imm), y, x, to) }
		}
		for i := range 8 { // rows i and i+4 of the first half, then of the second
			x := i%4 + i/4*8
			add(acc(x), acc(x), acc(x+4), quarters(0b01_00_01_00), quarters(0b11_10_11_10))
		}
		for i := range 4 { // quarter k is of row i+4k
			add(acc(i), acc(i), acc(i+8), quarters(0b10_00_10_00), quarters(0b11_01_11_01))
		}
		for _, i := range []int{0, 2} { // rows 4k+i and 4k+i+1 in quarter k
			add(acc(i), acc(i), acc(i+1),
				func(y, x, to reg.VecPhysical) { VUNPCKLPD(y, x, to) }, func(y, x, to reg.VecPhysical) { VUNPCKHPD(y, x, to) })
		}
		add(acc(0), acc(0), acc(2),
			func(y, x, to reg.VecPhysical) { VSHUFPS(Imm(0b10_00_10_00), y, x, to) },
			func(y, x, to reg.VecPhysical) { VSHUFPS(Imm(0b11_01_11_01), y, x, to) })
		b.finishLanes(acc(0), w, t)
		MOVL(U32(1<<n-1), scratch)
		KMOVW(scratch, reg.K1)
		s.store(acc(0), Mem{Base: cReg}, true)
		VZEROUPPER()
		RET()
	})
}

func lanesAVX2(s avx2) {
	const laneRows = 4
	lanes(s.name(), laneRows, func(n int, prefix string) {
		b := body{s, layout{8, 2, laneRows}, n, prefix}
		acc := func(i, half int) reg.VecPhysical { return s.vec(2*i+half, 8) }
		w := [2]reg.VecPhysical{reg.Y8, reg.Y9}
		masks := [2]reg.VecPhysical{reg.Y14, reg.Y15}
		x, t := reg.Y10, reg.Y11
		Comment(fmt.Sprintf("%d rows", n))
		address := reg.RDI
		Load(Param("inner"), cols)
		ANDQ(Imm(15), cols)
		NEGQ(cols)
		LEAQ(s.masks, address)
		for half := range 2 {
			VMOVDQU(Mem{Base: address, Index: cols, Scale: 4, Disp: 64 + 32*half}, masks[half])
		}
		for i := range laneRows {
			s.zero(acc(i, 0))
			s.zero(acc(i, 1))
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
		for i := range laneRows {
			VADDPS(acc(i, 1), acc(i, 0), acc(i, 0))
		}
		for i := range 2 { // half k is of row i+2k
			VPERM2F128(Imm(0x20), acc(i+2, 0), acc(i, 0), t)
			VPERM2F128(Imm(0x31), acc(i+2, 0), acc(i, 0), acc(i, 0))
			VADDPS(acc(i, 0), t, acc(i, 0))
		}
		VUNPCKLPD(acc(1, 0), acc(0, 0), t)
		VUNPCKHPD(acc(1, 0), acc(0, 0), x)
		VADDPS(x, t, t)  // in half k: two of row 2k, two of row 2k+1
		VHADDPS(t, t, t) // rows 2k and 2k+1, twice
		VEXTRACTF128(Imm(1), t, x.AsX())
		VUNPCKLPD(x, t, t)
		b.finishLanes(t, x, reg.Y12)
		LEAQ(s.masks, address)
		VMOVDQU(Mem{Base: address, Disp: 64 - 4*n}, masks[0])
		s.storeMask(t, Mem{Base: cReg}, masks[0])
		VZEROUPPER()
		RET()
	})
}
