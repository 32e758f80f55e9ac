package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A target is what a kernel is generated for: a vector of size bytes, 32 for AVX2 and 64 for AVX-512.
type target struct {
	name string
	size int
}

func (g target) wide() bool { return g.size == 64 }

func (g target) vec() reg.VecVirtual {
	if g.wide() {
		return ZMM()
	}
	return YMM()
}

// half is a register of half a vector.
func (g target) half() reg.VecVirtual {
	if g.wide() {
		return YMM()
	}
	return XMM()
}

// lower is the lower half of a vector.
func (g target) lower(v reg.VecVirtual) reg.Register {
	if g.wide() {
		return v.AsY()
	}
	return v.AsX()
}

// A mask is the result of a comparison: an opmask register for AVX-512, a vector of all ones and all zeros for AVX2.
type mask struct{ reg Op }

// A number is a constant of the same value in each element.
type number struct {
	bits   uint64
	double bool
}

func f32(x float64) number   { return number{uint64(math.Float32bits(float32(x))), false} }
func f64(x float64) number   { return number{math.Float64bits(x), true} }
func bits32(x uint32) number { return number{uint64(x), false} }
func bits64(x uint64) number { return number{x, true} }

// numbers are the constants used so far. Each takes the 32 bytes of an AVX2 vector; AVX-512 broadcasts the first
// element.
var numbers []number

func (n number) address() Mem {
	i := 0
	for i < len(numbers) && numbers[i] != n {
		i++
	}
	if i == len(numbers) {
		numbers = append(numbers, n)
	}
	return Mem{Symbol: Symbol{Name: "numbers", Static: true}, Base: reg.StaticBase, Disp: 32 * i}
}

// emitNumbers writes the constants, and the table from which AVX2 takes masks: 16 elements of ones, then 16 of zeros.
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

// An op is an instruction with two sources, in AVX and with a broadcast constant.
type op struct{ plain, broadcast func(...Op) }

var (
	addPS, addPD = op{VADDPS, VADDPS_BCST}, op{VADDPD, VADDPD_BCST}
	subPS, subPD = op{VSUBPS, VSUBPS_BCST}, op{VSUBPD, VSUBPD_BCST}
	mulPS, mulPD = op{VMULPS, VMULPS_BCST}, op{VMULPD, VMULPD_BCST}
	divPS, divPD = op{VDIVPS, VDIVPS_BCST}, op{VDIVPD, VDIVPD_BCST}
	maxPS, maxPD = op{VMAXPS, VMAXPS_BCST}, op{VMAXPD, VMAXPD_BCST}
	minPS, minPD = op{VMINPS, VMINPS_BCST}, op{VMINPD, VMINPD_BCST}
	andPS, andPD = op{VANDPS, VANDPS_BCST}, op{VANDPD, VANDPD_BCST}
	orPS         = op{VORPS, VORPS_BCST}
	xorPS, xorPD = op{VXORPS, VXORPS_BCST}, op{VXORPD, VXORPD_BCST}
	addInt       = op{VPADDD, VPADDD_BCST}
	addLong      = op{VPADDQ, VPADDQ_BCST}
	mulLong      = op{VPMULUDQ, VPMULUDQ_BCST} // of the low halves
)

// into emits dst = a op b. b may be a number.
func (g target) into(o op, dst, a reg.VecVirtual, b any) {
	switch b := b.(type) {
	case number:
		if g.wide() {
			o.broadcast(b.address(), a, dst)
		} else {
			o.plain(b.address(), a, dst)
		}
	case Op:
		o.plain(b, a, dst)
	}
}

// do returns a op b. Either may be a number.
func (g target) do(o op, a, b any) reg.VecVirtual {
	dst := g.vec()
	if n, ok := a.(number); ok {
		a = g.number(n)
	}
	g.into(o, dst, a.(reg.VecVirtual), b)
	return dst
}

// number loads a constant.
func (g target) number(n number) reg.VecVirtual {
	v := g.vec()
	switch {
	case g.wide() && n.double:
		VBROADCASTSD(n.address(), v)
	case g.wide():
		VBROADCASTSS(n.address(), v)
	default:
		VMOVUPS(n.address(), v)
	}
	return v
}

func (g target) zero() reg.VecVirtual {
	v := g.vec()
	VXORPS(v, v, v)
	return v
}

// atLeast returns x or low, whichever is larger, and NaN for NaN: the instruction returns its second source then.
func (g target) atLeast(o op, x reg.VecVirtual, low number) reg.VecVirtual {
	return g.do(o, low, x)
}

// negative is true where the sign bit is set and v is not NaN.
func (g target) negative(v reg.VecVirtual) mask {
	return g.greaterInt(g.number(bits32(0xff800001)), v)
}

func (g target) greaterInt(a, b reg.VecVirtual) mask {
	m := g.mask()
	VPCMPGTD(b, a, m.reg)
	return m
}

func (g target) mask() mask {
	if g.wide() {
		return mask{K()}
	}
	return mask{g.vec()}
}

// Predicates of a comparison; all but unordered, which is true where either is NaN, are false for NaN.
const (
	equal        = 0x00
	unordered    = 0x03
	less         = 0x11
	greaterEqual = 0x1d
	greater      = 0x1e
)

func (g target) compare32(predicate uint64, a, b reg.VecVirtual) mask {
	m := g.mask()
	VCMPPS(U8(predicate), b, a, m.reg)
	return m
}

func (g target) compare64(predicate uint64, a, b reg.VecVirtual) mask {
	m := g.mask()
	VCMPPD(U8(predicate), b, a, m.reg)
	return m
}

// either is true where a or b is.
func (g target) either(a, b mask) mask {
	m := g.mask()
	if g.wide() {
		KORW(a.reg, b.reg, m.reg)
	} else {
		VORPS(a.reg, b.reg, m.reg)
	}
	return m
}

// pick32 returns yes where m is true, else no.
func (g target) pick32(m mask, yes, no reg.VecVirtual) reg.VecVirtual {
	v := g.vec()
	if g.wide() {
		VBLENDMPS(yes, no, m.reg, v)
	} else {
		VBLENDVPS(m.reg, yes, no, v)
	}
	return v
}

func (g target) pick64(m mask, yes, no reg.VecVirtual) reg.VecVirtual {
	v := g.vec()
	if g.wide() {
		VBLENDMPD(yes, no, m.reg, v)
	} else {
		VBLENDVPD(m.reg, yes, no, v)
	}
	return v
}

// zeroIn returns v with +0 where m is true.
func (g target) zeroIn(m mask, v reg.VecVirtual) reg.VecVirtual {
	out := g.vec()
	if g.wide() {
		VBLENDMPS(g.zero(), v, m.reg, out)
	} else {
		VANDNPS(v, m.reg, out)
	}
	return out
}
