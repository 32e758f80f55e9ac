package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The registers of a tile. R14 and R15 belong to Go, BP and SP to the stack.
var (
	cols, counter = reg.RCX, reg.RCX // the number of columns is read first
	rows          = reg.RBX
	bReg, bStep   = reg.RBX, reg.RDX
	aReg, aHigh   = reg.RSI, reg.RDI // row 0 and row 9 of A
	aRow, aRow3   = reg.R8, reg.R9
	aRow5, aRow7  = reg.R10, reg.R11
	aStep         = reg.R12
	segment, end  = reg.RAX, reg.R13
	scratch       = reg.EDI
	// after the sums
	cReg, cRow, biasReg = reg.RSI, reg.R8, reg.RDX
)

const high = 9 // the row from which addresses are counted from aHigh

// body is the code for one number of rows in a layout.
type body struct {
	isa
	layout
	rows   int
	prefix string
}

func (b body) acc(i, j int) reg.VecPhysical { return b.vec(i*b.vecs+j, b.lanes) }
func (b body) free(i int) reg.VecPhysical   { return b.vec(b.rows*b.vecs+i, b.lanes) }
func (b body) last(j int) bool              { return j == b.vecs-1 }
func (b body) at(p reg.Register, j int) Op  { return Mem{Base: p, Disp: 4 * j * b.lanes} }
func (b body) label(name string) string     { return b.prefix + name }
func (b body) ref(name string) LabelRef     { return LabelRef(b.label(name)) }

func tile(s isa) {
	TEXT("convTile"+s.name(), NOSPLIT, "func(rows, cols, inner, aRow, aStep, bStep, cRow int, segments *int, count int, a, b, c, bias *float32, act int, slope float32)")
	doc := []string{
		"convTile" + s.name() + " computes, for i < rows and j < cols, with one fused multiply-add a term, segments s and then l in order,", "",
		"\tc[i*cRow+j] = 0 + sum over s and l < inner of a[s.a + i*aRow + l*aStep] * b[s.b + l*bStep + j]", "",
		"then adds bias[j] unless bias is nil, then applies LeakyReLU if act is 1, ReLU if act is 2. It takes",
	}
	for _, l := range s.layouts() {
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
	layouts := s.layouts()
	for i, l := range layouts {
		next := fmt.Sprintf("layout%d", i+1)
		if i < len(layouts)-1 {
			CMPQ(cols, Imm(uint64(l.cols())))
			JGT(LabelRef(next))
		}
		if l.vecs > 1 {
			SUBQ(Imm(uint64(l.lanes*(l.vecs-1))), cols)
		}
		s.setMask()
		bisect(rows, 1, l.maxRows, fmt.Sprintf("layout%d", i), func(n int, prefix string) {
			body{s, l, n, prefix}.emit()
		})
		if i < len(layouts)-1 {
			Label(next)
		}
	}
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

func (b body) emit() {
	Comment(fmt.Sprintf("%d rows, %d vectors of %d", b.rows, b.vecs, b.lanes))
	b.each(func(i, j int) { b.zero(b.acc(i, j)) })
	CMPQ(segment, end)
	JEQ(b.ref("done"))
	Label(b.label("segment"))
	b.enter()
	Label(b.label("loop"))
	b.multiply()
	ADDQ(aStep, aReg)
	if b.rows > high {
		ADDQ(aStep, aHigh)
	}
	ADDQ(bStep, bReg)
	DECQ(counter)
	JNE(b.ref("loop"))
	ADDQ(Imm(16), segment)
	CMPQ(segment, end)
	JNE(b.ref("segment"))
	Label(b.label("done"))
	b.bias()
	b.activate()
	MOVQ(param("c"), cReg)
	MOVQ(param("cRow"), cRow)
	SHLQ(Imm(2), cRow)
	for i := range b.rows {
		for j := range b.vecs {
			b.store(b.acc(i, j), b.at(cReg, j), b.last(j))
		}
		if i < b.rows-1 {
			ADDQ(cRow, cReg)
		}
	}
	VZEROUPPER()
	RET()
}

// each runs f for each accumulator.
func (b body) each(f func(i, j int)) {
	for i := range b.rows {
		for j := range b.vecs {
			f(i, j)
		}
	}
}

// enter goes to the begin of a segment.
func (b body) enter() {
	MOVQ(param("a"), bReg)
	MOVQ(Mem{Base: segment}, aReg)
	LEAQ(Mem{Base: bReg, Index: aReg, Scale: 4}, aReg)
	if b.rows > high {
		LEAQ(Mem{Base: aReg, Index: aRow, Scale: 8}, aHigh)
		ADDQ(aRow, aHigh)
	}
	MOVQ(param("b"), bReg)
	MOVQ(Mem{Base: segment, Disp: 8}, counter)
	LEAQ(Mem{Base: bReg, Index: counter, Scale: 4}, bReg)
	MOVQ(param("inner"), counter)
}

// a is row i of A.
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
	if b.rows == 1 {
		x, y := b.free(0), b.free(1)
		VBROADCASTSS(b.a(0), x)
		for j := range b.vecs {
			if b.last(j) {
				b.load(b.at(bReg, j), y, true)
				VFMADD231PS(y, x, b.acc(0, j))
			} else {
				VFMADD231PS(b.at(bReg, j), x, b.acc(0, j))
			}
		}
		return
	}
	for j := range b.vecs {
		b.load(b.at(bReg, j), b.free(j), b.last(j))
	}
	x := b.free(b.vecs)
	for i := range b.rows {
		if b.vecs == 1 && b.broadcasts() {
			VFMADD231PS_BCST(b.a(i), b.free(0), b.acc(i, 0))
			continue
		}
		VBROADCASTSS(b.a(i), x)
		for j := range b.vecs {
			VFMADD231PS(b.free(j), x, b.acc(i, j))
		}
	}
}

func (b body) bias() {
	MOVQ(param("bias"), biasReg)
	TESTQ(biasReg, biasReg)
	JEQ(b.ref("biased"))
	y := b.free(0)
	for j := range b.vecs {
		b.load(b.at(biasReg, j), y, b.last(j))
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
	b.each(func(i, j int) { b.leaky(b.acc(i, j), slope, signs, signs) })
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
