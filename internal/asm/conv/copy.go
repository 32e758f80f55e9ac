package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

// copyRows writes a function that copies rows of a few hundred numbers. memmove copies half as much
// at a time.
func copyRows(s isa.Set) {
	lanes := s.Lanes()
	TEXT("copyRows"+s.Name(), NOSPLIT, "func(rows, width int, dst *float32, ldd int, src *float32, lds int)")
	Doc("copyRows" + s.Name() + " writes dst[i*ldd+j] = src[i*lds+j] for i < rows and j < width, both at least 1.")
	Pragma("noescape")
	count, width, left := reg.RAX, reg.RDX, reg.RCX
	dst, ldd, src, lds := reg.R8, reg.R9, reg.R10, reg.R11
	to, from := reg.RSI, reg.RBX
	for _, p := range []struct {
		name string
		r    reg.GPPhysical
	}{{"rows", count}, {"width", width}, {"dst", dst}, {"ldd", ldd}, {"src", src}, {"lds", lds}} {
		Load(Param(p.name), p.r)
	}
	SHLQ(Imm(2), ldd)
	SHLQ(Imm(2), lds)
	// The last vector of a row has 1 to lanes numbers.
	MOVQ(width, cols)
	DECQ(cols)
	ANDQ(Imm(uint64(lanes-1)), cols)
	INCQ(cols)
	SUBQ(cols, width)
	s.SetMask()
	Label("row")
	MOVQ(src, from)
	MOVQ(dst, to)
	MOVQ(width, left)
	const unroll = 4
	step := func(n int, more, done string) {
		Label(more)
		SUBQ(Imm(uint64(n*lanes)), left)
		JLT(LabelRef(done))
		for i := range n {
			s.Load(Mem{Base: from, Disp: 4 * lanes * i}, s.Vec(i), false)
		}
		for i := range n {
			s.Store(s.Vec(i), Mem{Base: to, Disp: 4 * lanes * i}, false)
		}
		ADDQ(U32(uint32(4*n*lanes)), from)
		ADDQ(U32(uint32(4*n*lanes)), to)
		JMP(LabelRef(more))
		Label(done)
		ADDQ(Imm(uint64(n*lanes)), left)
	}
	step(unroll, "four", "few")
	step(1, "one", "last")
	s.Load(Mem{Base: from}, s.Vec(0), true)
	s.Store(s.Vec(0), Mem{Base: to}, true)
	ADDQ(lds, src)
	ADDQ(ldd, dst)
	DECQ(count)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}
