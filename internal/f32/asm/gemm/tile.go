package main

import (
	"fmt"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is what differs between the instruction sets. A tile is at most maxRows rows of at most two vectors.
type isa interface {
	name() string
	maxRows() int
	maxVecs() int // of a tile of one row
	lanes() int
	vec(i int) reg.VecPhysical
	layouts() []layout
	setMask()                                  // for the number of elements of the last vector, in cols
	load(m Op, v reg.VecPhysical, masked bool) // masked: the last vector of a row, which may be a partial one
	store(v reg.VecPhysical, m Op, masked bool)
	zero(v reg.VecPhysical)
	broadcastBits(bits uint32, v reg.VecPhysical)
	leaky(v, slope, signs, spare reg.VecPhysical) // v *= slope where its sign bit is set
}

// layout says how a row of a tile lies in vectors.
type layout struct {
	vecs   int
	masked bool // the last may be a partial one
}

// body is the code for one number of rows and vectors.
type body struct {
	isa
	layout
	byRows bool // A is read row by row, else each l's numbers lie side by side
	rows   int
	prefix string
}

func (b body) acc(i, j int) reg.VecPhysical { return b.vec(i*b.vecs + j) }
func (b body) free(i int) reg.VecPhysical   { return b.vec(b.maxRows()*2 + i) } // one of three
func (b body) partial(j int) bool           { return b.masked && j == b.vecs-1 }
func (b body) width() int                   { return 4 * b.lanes() }

// each runs f for each accumulator.
func (b body) each(f func(i, j int)) {
	for i := range b.rows {
		for j := range b.vecs {
			f(i, j)
		}
	}
}

// tile writes the function for tiles, of which byRows reads A as it is stored, row by row.
func tile(s isa, byRows bool) {
	name, element := "gemmTile"+s.name(), "a[l*lda+i]"
	takes := fmt.Sprintf("It takes 1 to %d rows and 1 to %d columns, or 1 row and up to %d columns.", s.maxRows(), 2*s.lanes(), s.maxVecs()*s.lanes())
	if byRows {
		name, element = "gemmTileRows"+s.name(), "a[i*lda+l]"
		takes = fmt.Sprintf("It takes 2 to %d rows and 1 to %d columns.", s.maxRows(), 2*s.lanes())
	}
	TEXT(name, NOSPLIT,
		"func(rows, cols, k int, a *float32, lda int, b *float32, ldb int, c *float32, ldc int, load bool, bias *float32, act int, slope float32)")
	Doc(name+" computes, for i < rows and j < cols, with one fused multiply-add a term and l in order,",
		"",
		"\tc[i*ldc+j] = (c[i*ldc+j] if load, else 0) + sum over l < k of "+element+" * b[l*ldb+j]",
		"",
		"then adds bias[j] unless bias is nil, then applies LeakyReLU if act is 1, ReLU if act is 2.",
		takes)
	Pragma("noescape")
	for _, p := range []struct {
		name string
		r    reg.GPPhysical
	}{
		{"rows", rows}, {"cols", cols}, {"a", aReg}, {"lda", aStride}, {"b", bReg}, {"ldb", bStride}, {"c", cReg}, {"ldc", cStride},
		{"bias", biasReg},
	} {
		Load(Param(p.name), p.r)
	}
	for _, r := range []reg.GPPhysical{aStride, bStride, cStride} {
		SHLQ(Imm(2), r)
	}
	if !byRows {
		CMPQ(rows, Imm(1))
		JEQ(LabelRef("single"))
	}
	layouts := s.layouts()
	for i, l := range layouts {
		next := fmt.Sprintf("layout%d", i+1)
		if i < len(layouts)-1 {
			most := l.vecs * s.lanes()
			if l.vecs == 2 {
				most-- // a full tile goes to the next layout, which has no mask
			}
			CMPQ(cols, Imm(uint64(most)))
			JGT(LabelRef(next))
		}
		if l.vecs == 2 {
			SUBQ(Imm(uint64(s.lanes())), cols)
		}
		s.setMask()
		Load(Param("k"), kReg)
		bisect(rows, 2, s.maxRows(), fmt.Sprintf("layout%d", i), func(n int, prefix string) {
			body{s, l, byRows, n, prefix}.emit()
		})
		Label(next)
	}
	if byRows {
		return
	}
	Label("single")
	vecs := rows // of which there is one
	MOVQ(cols, vecs)
	ADDQ(Imm(uint64(s.lanes()-1)), vecs)
	SHRQ(Imm(uint64(bits.Len(uint(s.lanes()))-1)), vecs)
	DECQ(cols)
	ANDQ(Imm(uint64(s.lanes()-1)), cols)
	INCQ(cols)
	s.setMask()
	Load(Param("k"), kReg)
	bisect(vecs, 1, s.maxVecs(), "single", func(n int, prefix string) {
		body{s, layout{n, true}, false, 1, prefix}.emit()
	})
}

// bisect emits a jump to the code for the value of r, which is between low and high.
func bisect(r reg.GPPhysical, low, high int, prefix string, code func(n int, prefix string)) {
	prefix = fmt.Sprintf("%sof%dto%d", prefix, low, high)
	if low == high {
		code(low, prefix)
		return
	}
	mid := (low + high) / 2
	CMPQ(r, Imm(uint64(mid)))
	JGT(LabelRef(prefix + "above"))
	bisect(r, low, mid, prefix, code)
	Label(prefix + "above")
	bisect(r, mid+1, high, prefix, code)
}

func (b body) label(name string) string    { return b.prefix + name }
func (b body) ref(name string) LabelRef    { return LabelRef(b.label(name)) }
func (b body) at(p reg.Register, j int) Op { return Mem{Base: p, Disp: j * b.width()} }

func (b body) emit() {
	Comment(fmt.Sprintf("%d rows, %d vectors", b.rows, b.vecs))
	b.start()
	TESTQ(kReg, kReg)
	JEQ(b.ref("done"))
	b.strides()
	Label(b.label("loop"))
	if b.rows == 1 {
		b.multiplyRow()
	} else {
		b.multiply()
	}
	b.advance()
	DECQ(kReg)
	JNE(b.ref("loop"))
	Label(b.label("done"))
	b.bias()
	b.activate()
	b.walk(func(i int) {
		for j := range b.vecs {
			b.store(b.acc(i, j), b.at(row, j), b.partial(j))
		}
	})
	VZEROUPPER()
	RET()
}

// strides computes what a and advance need.
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
	if b.rows > 7 {
		LEAQ(Mem{Base: aReg, Index: aStride3, Scale: 2}, aReg7)
		ADDQ(aStride, aReg7)
	}
}

// a is where the number of row i and the present l is.
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
		if b.rows > 7 {
			ADDQ(Imm(4), aReg7)
		}
	} else {
		ADDQ(aStride, aReg)
	}
	ADDQ(bStride, bReg)
}

// multiply adds the products of one l.
func (b body) multiply() {
	for j := range b.vecs {
		b.load(b.at(bReg, j), b.free(j), b.partial(j))
	}
	if !b.byRows {
		b.prefetch()
	}
	x := b.free(2)
	for i := range b.rows {
		VBROADCASTSS(b.a(i), x)
		for j := range b.vecs {
			VFMADD231PS(b.free(j), x, b.acc(i, j))
		}
	}
}

// prefetch reads ahead: where A and B are read as they are stored, each l is on another page, and the processor does not
// foresee it.
func (b body) prefetch() {
	PREFETCHT0(Mem{Base: aReg, Index: aAhead, Scale: 1})
	PREFETCHT0(Mem{Base: aReg, Index: aAhead, Scale: 1, Disp: 4*b.rows - 4})
	for disp := 0; disp < b.vecs*b.width(); disp += 64 {
		PREFETCHT0(Mem{Base: bReg, Index: bAhead, Scale: 1, Disp: disp})
	}
}

// multiplyRow is multiply for a single row, in which each vector of B is used once.
func (b body) multiplyRow() {
	x, y := b.free(2), b.free(0)
	VBROADCASTSS(Mem{Base: aReg}, x)
	for j := range b.vecs {
		if b.partial(j) {
			b.load(b.at(bReg, j), y, true)
			VFMADD231PS(y, x, b.acc(0, j))
		} else {
			VFMADD231PS(b.at(bReg, j), x, b.acc(0, j))
		}
	}
}

// walk runs f for each row with its address in row.
func (b body) walk(f func(i int)) {
	MOVQ(cReg, row)
	for i := range b.rows {
		f(i)
		if i < b.rows-1 {
			ADDQ(cStride, row)
		}
	}
}

func (b body) start() {
	CMPB(param("load"), Imm(0))
	JEQ(b.ref("zero"))
	b.walk(func(i int) {
		for j := range b.vecs {
			b.load(b.at(row, j), b.acc(i, j), b.partial(j))
		}
	})
	JMP(b.ref("started"))
	Label(b.label("zero"))
	b.walk(func(i int) {
		for j := range b.vecs {
			b.zero(b.acc(i, j))
		}
		for disp := 0; disp < b.vecs*b.width(); disp += 64 {
			PREFETCHT0(Mem{Base: row, Disp: disp})
		}
		PREFETCHT0(Mem{Base: row, Disp: b.vecs*b.width() - 4})
	})
	Label(b.label("started"))
}

func (b body) bias() {
	TESTQ(biasReg, biasReg)
	JEQ(b.ref("biased"))
	y := b.free(0)
	for j := range b.vecs {
		b.load(b.at(biasReg, j), y, b.partial(j))
		for i := range b.rows {
			VADDPS(y, b.acc(i, j), b.acc(i, j))
		}
	}
	Label(b.label("biased"))
}

func (b body) activate() {
	CMPQ(param("act"), Imm(1))
	JLT(b.ref("active"))
	JGT(b.ref("relu"))
	slope, signs := b.free(0), b.free(1)
	VBROADCASTSS(param("slope"), slope)
	b.broadcastBits(1<<31, signs)
	b.each(func(i, j int) { b.leaky(b.acc(i, j), slope, signs, b.free(2)) })
	JMP(b.ref("active"))
	Label(b.label("relu"))
	zero := b.free(0)
	b.zero(zero)
	b.each(func(i, j int) {
		VMAXPS(b.acc(i, j), zero, b.acc(i, j)) // of zeros and with a NaN this is the accumulator,
		VADDPS(zero, b.acc(i, j), b.acc(i, j)) // and this makes -0 +0
	})
	Label(b.label("active"))
}

func param(name string) Op {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}
