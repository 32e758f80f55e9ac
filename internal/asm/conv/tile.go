package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

// The registers of a tile. R14 and R15 belong to Go, BP and SP to the stack.
var (
	cols, counter = isa.Cols, isa.Cols // the number of columns is read first
	rows          = reg.RBX
	bReg, bStep   = reg.RBX, reg.RDX
	aReg, aHigh   = reg.RSI, reg.RDI // row 0 and row 9 of A
	aRow, aRow3   = reg.R8, reg.R9
	aRow5, aRow7  = reg.R10, reg.R11
	aStep         = reg.R12
	segment, end  = reg.RAX, reg.R13
	scratch       = isa.Scratch
	// These are used after the sums.
	cReg, cRow, biasReg = reg.RSI, reg.R8, reg.RDX
)

const high = 9 // the row from which addresses are counted from aHigh

// body is the code for one number of rows in a layout.
type body struct{ isa.Tile }

func (b body) free(i int) reg.VecPhysical { return b.Vec(b.Rows*b.Vecs + i) }

// A layout says how the rows of some tiles lie in vectors. The last vector may be a partial one.
type layout struct {
	isa.Set
	vecs, maxRows int
}

func (l layout) cols() int { return l.Lanes() * l.vecs }

// longRows adds the layouts of tiles of one row.
func longRows(l ...layout) []layout {
	for last := l[len(l)-1]; last.vecs < 12; {
		last = layout{last.Set, last.vecs + 1, 1}
		l = append(l, last)
	}
	return l
}

func tile(layouts []layout) {
	name := "convTile" + layouts[0].Name()
	TEXT(name, NOSPLIT, "func(rows, cols, inner, aRow, aStep, bStep, cRow int, segments *int, count int, a, b, c, bias *float32, rectifier int, slope float32)")
	doc := []string{
		name + " computes, for i < rows and j < cols, with one fused multiply-add a term, segments s and then l in order,", "",
		"\tc[i*cRow+j] = 0 + sum over s and l < inner of a[s.a + i*aRow + l*aStep] * b[s.b + l*bStep + j]", "",
		"then adds bias[j] unless bias is nil, then applies LeakyReLU if rectifier is 1, ReLU if it is 2. It takes",
	}
	for _, l := range layouts {
		doc = append(doc, fmt.Sprintf("up to %d columns and %d rows,", l.cols(), l.maxRows))
	}
	Doc(append(doc, "each at least 1.")...)
	Pragma("noescape")
	for _, p := range []struct {
		name string
		r    reg.GPPhysical
	}{{"rows", rows}, {"cols", cols}, {"aRow", aRow}, {"aStep", aStep}, {"bStep", bStep}, {"segments", segment}, {"count", end}} {
		Load(Param(p.name), p.r)
	}
	for _, r := range []reg.GPPhysical{aRow, aStep, bStep} {
		SHLQ(Imm(2), r)
	}
	SHLQ(Imm(4), end)
	ADDQ(segment, end)
	LEAQ(Mem{Base: aRow, Index: aRow, Scale: 2}, aRow3)
	LEAQ(Mem{Base: aRow, Index: aRow, Scale: 4}, aRow5)
	LEAQ(Mem{Base: aRow3, Index: aRow, Scale: 4}, aRow7)
	for i, l := range layouts {
		next := fmt.Sprintf("layout%d", i+1)
		if i < len(layouts)-1 {
			CMPQ(cols, Imm(uint64(l.cols())))
			JGT(LabelRef(next))
		}
		if l.vecs > 1 {
			SUBQ(Imm(uint64(l.Lanes()*(l.vecs-1))), cols)
		}
		l.SetMask()
		isa.Bisect(rows, 1, l.maxRows, fmt.Sprintf("layout%d", i), func(n int, prefix string) {
			body{isa.Tile{Set: l.Set, Rows: n, Vecs: l.vecs, Masked: true, Prefix: prefix}}.emit()
		})
		if i < len(layouts)-1 {
			Label(next)
		}
	}
}

func (b body) emit() {
	Comment(fmt.Sprintf("%d rows, %d vectors of %d", b.Rows, b.Vecs, b.Lanes()))
	for _, v := range b.Accs() {
		b.Zero(v)
	}
	CMPQ(segment, end)
	JEQ(b.Ref("done"))
	Label(b.Label("segment"))
	b.enter()
	Label(b.Label("loop"))
	b.multiply()
	ADDQ(aStep, aReg)
	if b.Rows > high {
		ADDQ(aStep, aHigh)
	}
	ADDQ(bStep, bReg)
	DECQ(counter)
	JNE(b.Ref("loop"))
	ADDQ(Imm(16), segment)
	CMPQ(segment, end)
	JNE(b.Ref("segment"))
	Label(b.Label("done"))
	MOVQ(isa.Arg("bias"), biasReg)
	b.Bias(biasReg, b.free(0))
	b.Activate(b.Accs(), b.free(0), b.free(1), b.free(1))
	MOVQ(isa.Arg("c"), cReg)
	MOVQ(isa.Arg("cRow"), cRow)
	SHLQ(Imm(2), cRow)
	for i := range b.Rows {
		for j := range b.Vecs {
			b.Store(b.Acc(i, j), b.At(cReg, j), b.Partial(j))
		}
		if i < b.Rows-1 {
			ADDQ(cRow, cReg)
		}
	}
	VZEROUPPER()
	RET()
}

// enter goes to the beginning of a segment.
func (b body) enter() {
	MOVQ(isa.Arg("a"), bReg)
	MOVQ(Mem{Base: segment}, aReg)
	LEAQ(Mem{Base: bReg, Index: aReg, Scale: 4}, aReg)
	if b.Rows > high {
		LEAQ(Mem{Base: aReg, Index: aRow, Scale: 8}, aHigh)
		ADDQ(aRow, aHigh)
	}
	MOVQ(isa.Arg("b"), bReg)
	MOVQ(Mem{Base: segment, Disp: 8}, counter)
	LEAQ(Mem{Base: bReg, Index: counter, Scale: 4}, bReg)
	MOVQ(isa.Arg("inner"), counter)
}

// a returns the place of row i of A.
func (b body) a(i int) Op {
	m := Mem{Base: aReg}
	if i >= high {
		m.Base = aHigh
		i -= high
	}
	for _, x := range []struct {
		r      reg.Register
		factor int
	}{{aRow, 1}, {aRow3, 3}, {aRow5, 5}, {aRow7, 7}} {
		for _, scale := range []int{1, 2, 4, 8} {
			if i == x.factor*scale {
				m.Index, m.Scale = x.r, uint8(scale)
				return m
			}
		}
	}
	if i != 0 {
		panic("no address for this row")
	}
	return m
}

// multiply adds the products of one l.
func (b body) multiply() {
	if b.Rows == 1 {
		x, y := b.free(0), b.free(1)
		VBROADCASTSS(b.a(0), x)
		for j := range b.Vecs {
			if b.Partial(j) {
				b.Load(b.At(bReg, j), y, true)
				VFMADD231PS(y, x, b.Acc(0, j))
			} else {
				VFMADD231PS(b.At(bReg, j), x, b.Acc(0, j))
			}
		}
		return
	}
	for j := range b.Vecs {
		b.Load(b.At(bReg, j), b.free(j), b.Partial(j))
	}
	x := b.free(b.Vecs)
	for i := range b.Rows {
		if b.Vecs == 1 && b.Broadcasts() {
			VFMADD231PS_BCST(b.a(i), b.free(0), b.Acc(i, 0))
			continue
		}
		VBROADCASTSS(b.a(i), x)
		for j := range b.Vecs {
			VFMADD231PS(b.free(j), x, b.Acc(i, j))
		}
	}
}
