package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

// The registers of a tile whose terms are in parts.
var (
	waitingReg = biasReg // behind the sums that wait
	part       = row     // but where C is written
	ones       = reg.RDI // whose lowest bits that are 1 count the sums to add
)

// tree writes the function for tiles whose terms are in parts.
func tree(s target) {
	TEXT("gemmTree"+s.Name(), NOSPLIT,
		"func(rows, cols, k, parts int, a *float32, lda int, b *float32, ldb int, c *float32, ldc int, waiting *float32)")
	Doc("gemmTree"+s.Name()+" computes, for i < rows and j < cols, the sums of parts of k terms each,",
		"",
		"\ts[p] = sum over p*k <= l < (p+1)*k of a[l*lda+i] * b[l*ldb+j]",
		"",
		"as gemmTile"+s.Name()+" does from 0, and c[i*ldc+j] = ((s[0] + s[1]) + (s[2] + s[3])) + ..., in pairs of pairs. The parts",
		"are a power of two. Neither they nor k are 0. waiting has room for a tile of whole vectors for each doubling of the parts.",
		s.takes(2)+".")
	Pragma("noescape")
	loadOperands()
	Load(Param("waiting"), waitingReg)
	s.choose(false, body.emitTree)
}

// emitTree is emit for terms in parts. After part p as many sums wait for this one as p has ones behind its last 0.
func (b body) emitTree() {
	slot := Imm(uint64(b.Rows * b.Vecs * b.width()))
	if b.Rows*b.Vecs*b.width() > 127 {
		slot = U32(b.Rows * b.Vecs * b.width())
	}
	each := func(f func(v reg.VecPhysical, waiting Op)) {
		for i, v := range b.Accs() {
			f(v, Mem{Base: waitingReg, Disp: i * b.width()})
		}
	}
	b.prefetchC()
	b.strides()
	XORL(part.As32(), part.As32())
	Label(b.Label("part"))
	b.zero()
	b.addTerms()
	Load(Param("k"), kReg)
	MOVQ(part, ones)
	INCQ(part)
	JMP(b.Ref("more"))
	Label(b.Label("add"))
	SUBQ(slot, waitingReg)
	each(func(v reg.VecPhysical, waiting Op) { VADDPS(waiting, v, v) })
	Label(b.Label("more"))
	SHRQ(Imm(1), ones)
	JCS(b.Ref("add"))
	CMPQ(part, isa.Arg("parts"))
	JEQ(b.Ref("last"))
	each(func(v reg.VecPhysical, waiting Op) { b.Store(v, waiting, false) })
	ADDQ(slot, waitingReg)
	JMP(b.Ref("part"))
	Label(b.Label("last"))
	b.finish()
}
