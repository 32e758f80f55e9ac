package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

// A target is an instruction set and its tiles.
type target struct {
	isa.Set
	layouts []layout
}

func (s target) last() layout { return s.layouts[len(s.layouts)-1] }

const maxVecs = 12 // of a tile of one row

// layout says how a row of a tile lies in vectors.
type layout struct {
	vecs   int
	masked bool // the last may be a partial one
	rows   int  // of the largest tile
}

// body is the code for one number of rows and vectors.
type body struct {
	isa.Tile
	byRows bool // A is read row by row; else the numbers of each l lie side by side
}

func (s target) body(byRows bool, rows int, l layout, prefix string) body {
	return body{isa.Tile{Set: s.Set, Rows: rows, Vecs: l.vecs, Masked: l.masked, Prefix: prefix}, byRows}
}

func (b body) free(i int) reg.VecPhysical { return b.Vec(b.Rows*b.Vecs + i) }
func (b body) width() int                 { return 4 * b.Lanes() }

// tile writes the function for tiles. With byRows, it reads A as it is stored, row by row.
func tile(s target, byRows bool) {
	name, element := "gemmTile"+s.Name(), "a[l*lda+i]"
	takes := s.takes(1) + fmt.Sprintf(", or 1 row and up to %d columns.", maxVecs*s.Lanes())
	if byRows {
		name, element = "gemmTileRows"+s.Name(), "a[i*lda+l]"
		takes = s.takes(2) + "."
	}
	TEXT(name, NOSPLIT,
		"func(rows, cols, k int, a *float32, lda int, b *float32, ldb int, c *float32, ldc int, load bool, bias *float32, rectifier int, slope float32)")
	Doc(name+" computes, for i < rows and j < cols, with one fused multiply-add a term and l in order,",
		"",
		"\tc[i*ldc+j] = (c[i*ldc+j] if load, else 0) + sum over l < k of "+element+" * b[l*ldb+j]",
		"",
		"then adds bias[j] unless bias is nil, then applies LeakyReLU if rectifier is 1, ReLU if it is 2.",
		takes)
	Pragma("noescape")
	loadOperands()
	Load(Param("bias"), biasReg)
	if !byRows {
		CMPQ(rows, Imm(1))
		JEQ(LabelRef("single"))
	}
	s.choose(byRows, body.emit)
	if !byRows {
		s.single()
	}
}

// loadOperands loads the operands, and their strides in bytes.
func loadOperands() {
	for _, p := range []struct {
		name string
		r    reg.GPPhysical
	}{
		{"rows", rows}, {"cols", cols}, {"a", aReg}, {"lda", aStride}, {"b", bReg}, {"ldb", bStride}, {"c", cReg}, {"ldc", cStride},
	} {
		Load(Param(p.name), p.r)
	}
	for _, r := range []reg.GPPhysical{aStride, bStride, cStride} {
		SHLQ(Imm(2), r)
	}
}

// choose emits the code for each number of rows, from 2 on, and of vectors, and the jumps to it.
func (s target) choose(byRows bool, emit func(body)) {
	for i, l := range s.layouts {
		next := fmt.Sprintf("layout%d", i+1)
		if i < len(s.layouts)-1 {
			most := l.vecs * s.Lanes()
			if l.vecs == s.layouts[i+1].vecs {
				most-- // a full tile goes to the next layout, which has no mask
			}
			CMPQ(cols, Imm(uint64(most)))
			JGT(LabelRef(next))
		}
		if l.vecs > 1 {
			SUBQ(Imm(uint64(s.Lanes()*(l.vecs-1))), cols)
		}
		s.SetMask()
		Load(Param("k"), kReg)
		isa.Bisect(rows, 2, l.rows, fmt.Sprintf("layout%d", i), func(n int, prefix string) {
			emit(s.body(byRows, n, l, prefix))
		})
		Label(next)
	}
}

// takes says what tiles there are, from so many rows on.
func (s target) takes(rows int) string {
	text := fmt.Sprintf("It takes %d to %d rows and 1 to %d columns", rows, s.layouts[0].rows, 2*s.Lanes())
	if l := s.last(); l.vecs > 2 {
		text += fmt.Sprintf(", %d to %d rows and up to %d columns", rows, l.rows, l.vecs*s.Lanes())
	}
	return text
}

// single writes the code for tiles of one row.
func (s target) single() {
	Label("single")
	vecs := rows // there is one row, so the register is free
	splitCols(s, vecs)
	Load(Param("k"), kReg)
	isa.Bisect(vecs, 1, maxVecs, "single", func(n int, prefix string) {
		s.body(false, 1, layout{n, true, 1}, prefix).emit()
	})
}

func (b body) emit() {
	Comment(fmt.Sprintf("%d rows, %d vectors", b.Rows, b.Vecs))
	b.start()
	TESTQ(kReg, kReg)
	JEQ(b.Ref("done"))
	b.strides()
	b.addTerms()
	Label(b.Label("done"))
	b.Bias(biasReg, b.free(0))
	b.Activate(b.Accs(), b.free(0), b.free(1), b.free(2))
	b.finish()
}

// addTerms adds the products of all l.
func (b body) addTerms() {
	Label(b.Label("loop"))
	if b.Rows == 1 {
		b.multiplyRow()
	} else {
		b.multiply()
	}
	b.advance()
	DECQ(kReg)
	JNE(b.Ref("loop"))
}

// finish writes the sums to C.
func (b body) finish() {
	b.walk(func(i int) {
		for j := range b.Vecs {
			b.Store(b.Acc(i, j), b.At(row, j), b.Partial(j))
		}
	})
	VZEROUPPER()
	RET()
}

// strides computes the registers that a and advance use.
func (b body) strides() {
	if !b.byRows {
		MOVQ(aStride, aAhead)
		SHLQ(Imm(4), aAhead)
		MOVQ(bStride, bAhead)
		SHLQ(Imm(4), bAhead)
		return
	}
	LEAQ(Mem{Base: aStride, Index: aStride, Scale: 2}, aStride3)
	LEAQ(Mem{Base: aStride, Index: aStride, Scale: 4}, aStride5)
	if b.Rows > 7 {
		LEAQ(Mem{Base: aReg, Index: aStride3, Scale: 2}, aReg7)
		ADDQ(aStride, aReg7)
	}
}

// a returns the place of the number of row i and the present l.
func (b body) a(i int) Op {
	if !b.byRows {
		return Mem{Base: aReg, Disp: 4 * i}
	}
	base := aReg
	if i >= 7 {
		base, i = aReg7, i-7
	}
	switch i {
	case 0:
		return Mem{Base: base}
	case 3, 6:
		return Mem{Base: base, Index: aStride3, Scale: uint8(i / 3)}
	case 5:
		return Mem{Base: base, Index: aStride5, Scale: 1}
	}
	return Mem{Base: base, Index: aStride, Scale: uint8(i)}
}

// advance goes on to the next l.
func (b body) advance() {
	if b.byRows {
		ADDQ(Imm(4), aReg)
		if b.Rows > 7 {
			ADDQ(Imm(4), aReg7)
		}
	} else {
		ADDQ(aStride, aReg)
	}
	ADDQ(bStride, bReg)
}

// multiply adds the products of one l.
func (b body) multiply() {
	for j := range b.Vecs {
		b.Load(b.At(bReg, j), b.free(j), b.Partial(j))
	}
	if !b.byRows {
		b.prefetch()
	}
	x := b.free(b.Vecs)
	for i := range b.Rows {
		VBROADCASTSS(b.a(i), x)
		for j := range b.Vecs {
			VFMADD231PS(b.free(j), x, b.Acc(i, j))
		}
	}
}

// prefetch reads ahead. If A and B are read as they are stored, each l is on another page, and the
// processor does not foresee it.
func (b body) prefetch() {
	PREFETCHT0(Mem{Base: aReg, Index: aAhead, Scale: 1})
	PREFETCHT0(Mem{Base: aReg, Index: aAhead, Scale: 1, Disp: 4*b.Rows - 4})
	for disp := 0; disp < b.Vecs*b.width(); disp += 64 {
		PREFETCHT0(Mem{Base: bReg, Index: bAhead, Scale: 1, Disp: disp})
	}
}

// multiplyRow is multiply for a single row. It uses each vector of B once.
func (b body) multiplyRow() {
	x, y := b.free(2), b.free(0)
	VBROADCASTSS(Mem{Base: aReg}, x)
	for j := range b.Vecs {
		if b.Partial(j) {
			b.Load(b.At(bReg, j), y, true)
			VFMADD231PS(y, x, b.Acc(0, j))
		} else {
			VFMADD231PS(b.At(bReg, j), x, b.Acc(0, j))
		}
	}
}

// walk runs f for each row with its address in row.
func (b body) walk(f func(i int)) {
	MOVQ(cReg, row)
	for i := range b.Rows {
		f(i)
		if i < b.Rows-1 {
			ADDQ(cStride, row)
		}
	}
}

func (b body) start() {
	CMPB(isa.Arg("load"), Imm(0))
	JEQ(b.Ref("zero"))
	b.walk(func(i int) {
		for j := range b.Vecs {
			b.Load(b.At(row, j), b.Acc(i, j), b.Partial(j))
		}
	})
	JMP(b.Ref("started"))
	Label(b.Label("zero"))
	b.zero()
	b.prefetchC()
	Label(b.Label("started"))
}

func (b body) zero() {
	for _, v := range b.Accs() {
		b.Zero(v)
	}
}

func (b body) prefetchC() {
	b.walk(func(int) {
		for disp := 0; disp < b.Vecs*b.width(); disp += 64 {
			isa.PrefetchWrite(row, disp)
		}
		isa.PrefetchWrite(row, b.Vecs*b.width()-4)
	})
}
