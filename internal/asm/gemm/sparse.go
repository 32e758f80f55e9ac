package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

// The products of sparse operands. Package gemm says what lists are, in file sparse.go.

const (
	sparseCols  = 80 // of a panel of B
	groupRows   = 4  // of C that share a list
	sparseWidth = 4 * sparseCols
)

// sparse is the code of the sums for one number of vectors.
type sparse struct{ isa.Tile }

// The registers of sparse sums.
var (
	listCount, starts, startStep = reg.RBX, reg.RDX, reg.R13
	placeReg, valueReg           = reg.R8, reg.R9
	panelReg, sumReg             = reg.R10, reg.R11
	entry, endEntry, place       = reg.RSI, reg.RCX, reg.RAX
	rowValues                    = reg.RDI
)

// sums writes the function that adds up the entries of lists.
func sums(s isa.Set, rows int) {
	name := fmt.Sprintf("sparseSums%d%s", rows, s.Name())
	TEXT(name, NOSPLIT,
		"func(lists int, starts *uint32, step int, places *uint32, values *float32, b *float32, sums *float32, vecs int, load bool)")
	Doc(name+" adds up, for each list g, its entries e from starts[g*step] to starts[g*step+1], in order, with one fused",
		"multiply-add a term, from the present sums if load, else from +0:",
		"",
		fmt.Sprintf("\tsums[(g*%d+i)*%d+j] += values[e*%d+i] * b[places[e]/4+j]", rows, sparseCols, rows),
		"",
		fmt.Sprintf("for i < %d and j in the first vecs vectors, which are 1 to %d.", rows, sparseCols/s.Lanes()))
	Pragma("noescape")
	Load(Param("lists"), listCount)
	Load(Param("starts"), starts)
	Load(Param("step"), startStep)
	Load(Param("places"), placeReg)
	Load(Param("values"), valueReg)
	Load(Param("b"), panelReg)
	Load(Param("sums"), sumReg)
	SHLQ(Imm(2), startStep)
	if _, narrow := s.(isa.AVX2); narrow && rows > 1 {
		sumPairs(s, rows)
		return
	}
	vecs := reg.RAX
	Load(Param("vecs"), vecs)
	isa.Bisect(vecs, 1, sparseCols/s.Lanes(), "vecs", func(n int, prefix string) {
		sparse{isa.Tile{Set: s, Rows: rows, Vecs: n, Prefix: prefix}}.emit()
		VZEROUPPER()
		RET()
	})
}

// sumPairs goes through the lists once for each two vectors.
func sumPairs(s isa.Set, rows int) {
	pairs := reg.R12
	Load(Param("vecs"), pairs)
	INCQ(pairs)
	SHRQ(Imm(1), pairs)
	Label("pair")
	sparse{isa.Tile{Set: s, Rows: rows, Vecs: 2, Prefix: "two"}}.emit()
	Load(Param("lists"), listCount)
	Load(Param("starts"), starts)
	Load(Param("sums"), sumReg)
	ADDQ(U32(8*s.Lanes()), panelReg)
	MOVQ(panelReg, place)
	SUBQ(isa.Arg("b"), place)
	ADDQ(place, sumReg)
	DECQ(pairs)
	JNE(LabelRef("pair"))
	VZEROUPPER()
	RET()
}

func (b sparse) emit() {
	Label(b.Label("list"))
	MOVL(Mem{Base: starts}, entry.As32())
	MOVL(Mem{Base: starts, Disp: 4}, endEntry.As32())
	ADDQ(startStep, starts)
	b.start()
	CMPQ(entry, endEntry)
	JGE(b.Ref("store"))
	if b.Rows > 1 {
		MOVQ(entry, rowValues)
		SHLQ(Imm(4), rowValues)
		ADDQ(valueReg, rowValues)
	}
	Label(b.Label("entry"))
	b.add()
	INCQ(entry)
	CMPQ(entry, endEntry)
	JLT(b.Ref("entry"))
	Label(b.Label("store"))
	for i := range b.Rows {
		for j := range b.Vecs {
			b.Store(b.Acc(i, j), b.sum(i, j), false)
		}
	}
	ADDQ(U32(b.Rows*sparseWidth), sumReg)
	DECQ(listCount)
	JNE(b.Ref("list"))
}

// sum is the place of vector j of the sums of row i.
func (b sparse) sum(i, j int) Op {
	return Mem{Base: sumReg, Disp: i*sparseWidth + 4*j*b.Lanes()}
}

// start loads the sums, or clears them.
func (b sparse) start() {
	CMPB(isa.Arg("load"), Imm(0))
	JEQ(b.Ref("zero"))
	for i := range b.Rows {
		for j := range b.Vecs {
			b.Load(b.sum(i, j), b.Acc(i, j), false)
		}
	}
	JMP(b.Ref("started"))
	Label(b.Label("zero"))
	for _, v := range b.Accs() {
		b.Zero(v)
	}
	Label(b.Label("started"))
}

// add adds the terms of an entry.
func (b sparse) add() {
	MOVL(Mem{Base: placeReg, Index: entry, Scale: 4}, place.As32())
	at := func(j int) Op { return Mem{Base: panelReg, Index: place, Scale: 1, Disp: 4 * j * b.Lanes()} }
	x := b.Vec(b.Rows * b.Vecs)
	if b.Rows == 1 {
		VBROADCASTSS(Mem{Base: valueReg, Index: entry, Scale: 4}, x)
		for j := range b.Vecs {
			VFMADD231PS(at(j), x, b.Acc(0, j))
		}
		return
	}
	y := func(j int) reg.VecPhysical { return b.Vec(b.Rows*b.Vecs + 1 + j) }
	for j := range b.Vecs {
		b.Load(at(j), y(j), false)
	}
	for i := range b.Rows {
		VBROADCASTSS(Mem{Base: rowValues, Disp: 4 * i}, x)
		for j := range b.Vecs {
			VFMADD231PS(y(j), x, b.Acc(i, j))
		}
	}
	ADDQ(Imm(uint64(4*b.Rows)), rowValues)
}
