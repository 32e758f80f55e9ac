package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The fields of the struct operands: the offsets of its slices and scalars. A test of the package checks them.
const (
	fieldY     = 0
	fieldA     = 24
	fieldB     = 48
	fieldC     = 72
	fieldBytes = 96
	fieldSums  = 120
	fieldS     = 144
	fieldKeys  = 168
)

// A function is one kernel for one target. Its Go signature is func(x *operands, lo, hi int).
type function struct {
	target
	double bool // a vector holds float64, converted from and to the float32 in memory
	x      reg.Register
	lo     reg.GPVirtual
	n      reg.GPVirtual // elements left
	i      reg.GPVirtual // of the present element, from lo
	tails  []Op          // masks of the last, incomplete step, one for each vector of it
}

func begin(g target, name, doc string, double bool) *function {
	TEXT(name+g.name, attr.NOSPLIT, "func(x *byte, lo, hi int)") // x is *operands, a type that avo does not know
	Doc(name + g.name + " " + doc)
	f := &function{target: g, double: double}
	f.x = Load(Param("x"), GP64())
	f.lo = Load(Param("lo"), GP64()).(reg.GPVirtual)
	f.n = Load(Param("hi"), GP64()).(reg.GPVirtual)
	SUBQ(f.lo, f.n)
	f.i = GP64()
	XORQ(f.i, f.i)
	return f
}

// lanes is how many elements a vector holds.
func (f *function) lanes() int {
	if f.double {
		return f.size / 8
	}
	return f.size / 4
}

// slice returns the address of element lo of a slice of 4-byte elements.
func (f *function) slice(field int) reg.GPVirtual {
	p := GP64()
	MOVQ(Mem{Base: f.x, Disp: field}, p)
	LEAQ(Mem{Base: p, Index: f.lo, Scale: 4}, p)
	return p
}

// scalar broadcasts the float32 s[i].
func (f *function) scalar(i int) reg.VecVirtual {
	v := f.vec()
	VBROADCASTSS(Mem{Base: f.x, Disp: fieldS + 4*i}, v)
	if f.double {
		f.widen(v)
	}
	return v
}

func (f *function) widen(v reg.VecVirtual) {
	VCVTPS2PD(f.lower(v), v)
}

// A place is the vector, counted from the element i, that a body works on.
type place struct {
	vector int
	masked bool
}

func (f *function) at(p reg.Register, at place) Mem {
	return Mem{Base: p, Index: f.i, Scale: 4, Disp: at.vector * f.lanes() * 4}
}

func (f *function) load(p reg.Register, at place) reg.VecVirtual {
	v := f.vec()
	if !f.double {
		f.move(f.at(p, at), v, at)
		return v
	}
	if !at.masked {
		VCVTPS2PD(f.at(p, at), v)
		return v
	}
	half := f.half()
	f.move(f.at(p, at), half, at)
	VCVTPS2PD(half, v)
	return v
}

func (f *function) store(v reg.VecVirtual, p reg.Register, at place) {
	if !f.double {
		f.move(v, f.at(p, at), at)
		return
	}
	half := f.half()
	if f.wide() {
		VCVTPD2PS(v, half)
	} else {
		VCVTPD2PSY(v, half)
	}
	f.move(half, f.at(p, at), at)
}

// move copies a vector from or to memory. Elements that are masked out are not touched and read as 0.
func (f *function) move(from, to Op, at place) {
	_, toMemory := to.(Mem)
	switch {
	case !at.masked:
		VMOVUPS(from, to)
	case !f.wide():
		VMASKMOVPS(from, f.tails[at.vector], to)
	case toMemory:
		VMOVUPS(from, f.tails[at.vector], to)
	default:
		VMOVUPS_Z(from, f.tails[at.vector], to)
	}
}

// stream runs a body over all vectors, unroll of them at once as long as there are as many, and over the last,
// incomplete one under a mask.
func (f *function) stream(unroll int, body func(at place)) {
	if unroll > 1 {
		f.loop("many", unroll, body)
	}
	f.loop("one", 1, body)
	TESTQ(f.n, f.n)
	JE(LabelRef("done"))
	f.setTails(1)
	body(place{masked: true})
	Label("done")
}

func (f *function) loop(label string, vectors int, body func(at place)) {
	step := vectors * f.lanes()
	Label(label)
	CMPQ(f.n, U32(step))
	JL(LabelRef("after_" + label))
	for k := range vectors {
		body(place{vector: k})
	}
	ADDQ(U32(step), f.i)
	SUBQ(U32(step), f.n)
	JMP(LabelRef(label))
	Label("after_" + label)
}

// setTails makes the masks of the first n elements of some vectors.
func (f *function) setTails(vectors int) {
	for k := range vectors {
		if f.wide() {
			f.tails = append(f.tails, f.lowBits(k))
			continue
		}
		v := f.vec()
		if f.double {
			v = f.half()
		}
		table := f.ones(f.n)
		table.Disp = 4 * k * f.lanes()
		VMOVUPS(table, v)
		f.tails = append(f.tails, v)
	}
}

// lowBits returns the opmask of those of the first n elements that are in vector k.
func (f *function) lowBits(k int) reg.Register {
	MOVQ(f.n, reg.RCX)
	b := GP64()
	MOVQ(U32(1), b)
	SHLQ(reg.CL, b)
	DECQ(b)
	if k > 0 {
		SHRQ(U8(k*f.lanes()), b)
	}
	m := K()
	KMOVW(b.As32(), m)
	return m
}

// ones returns the address of n elements of ones, followed by zeros, for n up to 16.
func (f *function) ones(n reg.GPVirtual) Mem {
	p, end := GP64(), GP64()
	LEAQ(Mem{Symbol: Symbol{Name: "ones", Static: true}, Base: reg.StaticBase, Disp: 64}, p)
	MOVQ(n, end)
	NEGQ(end)
	return Mem{Base: p, Index: end, Scale: 4}
}

func (f *function) end() {
	VZEROUPPER()
	RET()
}
