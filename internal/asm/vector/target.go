// Package vector is the language of the generators whose kernels run along slices: vectors of
// either size, constants, comparisons, loops over the elements of a slice, and the Go code that
// chooses a version for the processor.
//
// A kernel is written once, over vectors of either size. It does the operations of the Go code
// beside it, in the same order.
package vector

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Target is an instruction set that a kernel is generated for. Its vectors have size bytes: 32
// for AVX2 and 64 for AVX-512.
type Target struct {
	name string
	size int
}

var targets = []Target{{"AVX2", 32}, {"AVX512", 64}}

// Size returns the bytes of a vector.
func (g Target) Size() int { return g.size }

// Wide reports whether the target is AVX-512.
func (g Target) Wide() bool { return g.size == 64 }

// Vec returns a new vector register.
func (g Target) Vec() reg.VecVirtual {
	if g.Wide() {
		return ZMM()
	}
	return YMM()
}

// Half returns a new register of half a vector.
func (g Target) Half() reg.VecVirtual {
	if g.Wide() {
		return YMM()
	}
	return XMM()
}

// Lower returns the lower half of a vector.
func (g Target) Lower(v reg.VecVirtual) reg.Register {
	if g.Wide() {
		return v.AsY()
	}
	return v.AsX()
}

// A Mask is the result of a comparison: an opmask register for AVX-512, and for AVX2 a vector whose
// elements are all ones or all zeros.
type Mask struct{ Reg Op }

func (g Target) mask() Mask {
	if g.Wide() {
		return Mask{K()}
	}
	return Mask{g.Vec()}
}

// A Number is a constant that has the same value in each element.
type Number struct {
	bits   uint64
	double bool
}

func Float32(x float64) Number { return Number{uint64(math.Float32bits(float32(x))), false} }
func Float64(x float64) Number { return Number{math.Float64bits(x), true} }
func Bits32(x uint32) Number   { return Number{uint64(x), false} }
func Bits64(x uint64) Number   { return Number{x, true} }

// numbers are the constants used so far. Each takes the 32 bytes of an AVX2 vector. AVX-512
// broadcasts the first element.
var numbers []Number

// Address returns the place of a constant in the table.
func (n Number) Address() Mem {
	i := 0
	for i < len(numbers) && numbers[i] != n {
		i++
	}
	if i == len(numbers) {
		numbers = append(numbers, n)
	}
	return Mem{Symbol: Symbol{Name: "numbers", Static: true}, Base: reg.StaticBase, Disp: 32 * i}
}

// emitNumbers writes the constants, and the table from which AVX2 takes masks: 16 elements of ones,
// then 16 of zeros.
func emitNumbers() {
	GLOBL("numbers", attr.RODATA|attr.NOPTR)
	for i, n := range numbers {
		for j := 0; j < 32; j += 8 {
			v := n.bits
			if !n.double {
				v |= v << 32
			}
			DATA(32*i+j, U64(v))
		}
	}
	GLOBL("ones", attr.RODATA|attr.NOPTR)
	for i := range 16 {
		v := uint64(math.MaxUint64)
		if i >= 8 {
			v = 0
		}
		DATA(8*i, U64(v))
	}
}

// An Instr has two sources. It exists with a register or memory as the second one, and with a
// constant that AVX-512 broadcasts.
type Instr struct{ Plain, Broadcast func(...Op) }

var (
	AddPS, AddPD = Instr{VADDPS, VADDPS_BCST}, Instr{VADDPD, VADDPD_BCST}
	SubPS, SubPD = Instr{VSUBPS, VSUBPS_BCST}, Instr{VSUBPD, VSUBPD_BCST}
	MulPS, MulPD = Instr{VMULPS, VMULPS_BCST}, Instr{VMULPD, VMULPD_BCST}
	DivPS, DivPD = Instr{VDIVPS, VDIVPS_BCST}, Instr{VDIVPD, VDIVPD_BCST}
	MaxPS, MaxPD = Instr{VMAXPS, VMAXPS_BCST}, Instr{VMAXPD, VMAXPD_BCST}
	MinPS, MinPD = Instr{VMINPS, VMINPS_BCST}, Instr{VMINPD, VMINPD_BCST}
	AndPS, AndPD = Instr{VANDPS, VANDPS_BCST}, Instr{VANDPD, VANDPD_BCST}
	OrPS         = Instr{VORPS, VORPS_BCST}
	XorPS, XorPD = Instr{VXORPS, VXORPS_BCST}, Instr{VXORPD, VXORPD_BCST}
	AddInt       = Instr{VPADDD, VPADDD_BCST}
	AddLong      = Instr{VPADDQ, VPADDQ_BCST}
	MulLong      = Instr{VPMULUDQ, VPMULUDQ_BCST} // of the lower halves
)

// Into emits dst = a o b. b may be a Number.
func (g Target) Into(o Instr, dst, a reg.VecVirtual, b any) {
	switch b := b.(type) {
	case Number:
		if g.Wide() {
			o.Broadcast(b.Address(), a, dst)
		} else {
			o.Plain(b.Address(), a, dst)
		}
	case Op:
		o.Plain(b, a, dst)
	}
}

// Do returns a o b. Either may be a Number.
func (g Target) Do(o Instr, a, b any) reg.VecVirtual {
	dst := g.Vec()
	if n, ok := a.(Number); ok {
		a = g.Number(n)
	}
	g.Into(o, dst, a.(reg.VecVirtual), b)
	return dst
}

// Number loads a constant.
func (g Target) Number(n Number) reg.VecVirtual {
	v := g.Vec()
	switch {
	case g.Wide() && n.double:
		VBROADCASTSD(n.Address(), v)
	case g.Wide():
		VBROADCASTSS(n.Address(), v)
	default:
		VMOVUPS(n.Address(), v)
	}
	return v
}

// Zero returns a vector of +0.
func (g Target) Zero() reg.VecVirtual {
	v := g.Vec()
	VXORPS(v, v, v)
	return v
}
