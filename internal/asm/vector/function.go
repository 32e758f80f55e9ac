package vector

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Func is one kernel for one target. Its Go signature is func(x *T, lo, hi int), with the struct
// T of its operands.
type Func struct {
	Target
	double bool          // a vector holds float64, converted from and to the float32 in memory
	X      reg.Register  // the address of the operands
	Lo     reg.GPVirtual // the first element
	N      reg.GPVirtual // elements left
	I      reg.GPVirtual // the present element, counted from Lo
	tails  []Op          // masks of the last, incomplete step, one for each vector of it
}

func begin(g Target, k Kernel) *Func {
	// avo does not know the type of x.
	TEXT(k.Name+g.name, attr.NOSPLIT, "func(x *byte, lo, hi int)")
	Doc(k.Name + g.name + " " + k.Doc)
	f := &Func{Target: g, double: k.Double}
	f.X = Load(Param("x"), GP64())
	f.Lo = Load(Param("lo"), GP64()).(reg.GPVirtual)
	f.N = Load(Param("hi"), GP64()).(reg.GPVirtual)
	SUBQ(f.Lo, f.N)
	f.I = GP64()
	XORQ(f.I, f.I)
	return f
}

// End returns from the function.
func (f *Func) End() {
	VZEROUPPER()
	RET()
}

// Lanes is how many elements a vector holds.
func (f *Func) Lanes() int {
	if f.double {
		return f.size / 8
	}
	return f.size / 4
}

// Field is the operand at an offset.
func (f *Func) Field(offset int) Mem { return Mem{Base: f.X, Disp: offset} }

// Slice returns the address of element Lo of a slice of 4-byte elements.
func (f *Func) Slice(offset int) reg.GPVirtual {
	p := GP64()
	MOVQ(f.Field(offset), p)
	LEAQ(Mem{Base: p, Index: f.Lo, Scale: 4}, p)
	return p
}

// Scalar loads a float32 into all elements.
func (f *Func) Scalar(offset int) reg.VecVirtual {
	v := f.Vec()
	VBROADCASTSS(f.Field(offset), v)
	if f.double {
		VCVTPS2PD(f.Lower(v), v)
	}
	return v
}

// A Place is the vector, counted from element I, that a body works on.
type Place struct {
	Vector int
	Masked bool // only the elements that are left count
}

// At is the address of a vector in a slice.
func (f *Func) At(p reg.Register, at Place) Mem {
	return Mem{Base: p, Index: f.I, Scale: 4, Disp: at.Vector * f.Lanes() * 4}
}

// Load loads a vector of a slice.
func (f *Func) Load(p reg.Register, at Place) reg.VecVirtual {
	v := f.Vec()
	if !f.double {
		f.Move(f.At(p, at), v, at)
		return v
	}
	if !at.Masked {
		VCVTPS2PD(f.At(p, at), v)
		return v
	}
	half := f.Half()
	f.Move(f.At(p, at), half, at)
	VCVTPS2PD(half, v)
	return v
}

// LoadFrom loads a vector of float32 from an address.
func (f *Func) LoadFrom(p Mem, at Place) reg.VecVirtual {
	v := f.Vec()
	f.Move(p, v, at)
	return v
}

// Store stores a vector in a slice.
func (f *Func) Store(v reg.VecVirtual, p reg.Register, at Place) {
	if !f.double {
		f.Move(v, f.At(p, at), at)
		return
	}
	half := f.Half()
	if f.Wide() {
		VCVTPD2PS(v, half)
	} else {
		VCVTPD2PSY(v, half)
	}
	f.Move(half, f.At(p, at), at)
}

// Move copies a vector from or to memory. Elements that are masked out are not touched in memory,
// and are 0 in a register.
func (f *Func) Move(from, to Op, at Place) {
	_, toMemory := to.(Mem)
	switch {
	case !at.Masked:
		VMOVUPS(from, to)
	case !f.Wide():
		VMASKMOVPS(from, f.tails[at.Vector], to)
	case toMemory:
		VMOVUPS(from, f.tails[at.Vector], to)
	default:
		VMOVUPS_Z(from, f.tails[at.Vector], to)
	}
}

// Tail is the mask of vector k of the last, incomplete step.
func (f *Func) Tail(k int) Op { return f.tails[k] }
