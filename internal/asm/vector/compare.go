package vector

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The bits of a float32.
const (
	Sign      = 0x80000000
	Magnitude = 0x7fffffff
)

// Predicates of a comparison. Unordered is true where either is NaN. The others are false there.
const (
	Equal        = 0x00
	Unordered    = 0x03
	Less         = 0x11
	GreaterEqual = 0x1d
	Greater      = 0x1e
)

// Clamp returns o(low, x), the larger or the smaller of the two, and NaN where x is NaN: then the
// instruction returns its second source.
func (g Target) Clamp(o Instr, x reg.VecVirtual, low Number) reg.VecVirtual {
	return g.Do(o, low, x)
}

// Negative is true where the sign bit is set and v is not NaN.
func (g Target) Negative(v reg.VecVirtual) Mask {
	m := g.mask()
	VPCMPGTD(v, g.Number(Bits32(0xff800001)), m.Reg)
	return m
}

func (g Target) Compare32(predicate uint64, a, b reg.VecVirtual) Mask {
	m := g.mask()
	VCMPPS(U8(predicate), b, a, m.Reg)
	return m
}

func (g Target) Compare64(predicate uint64, a, b reg.VecVirtual) Mask {
	m := g.mask()
	VCMPPD(U8(predicate), b, a, m.Reg)
	return m
}

// Either is true where a or b is true.
func (g Target) Either(a, b Mask) Mask {
	m := g.mask()
	if g.Wide() {
		KORW(a.Reg, b.Reg, m.Reg)
	} else {
		VORPS(a.Reg, b.Reg, m.Reg)
	}
	return m
}

// Pick32 returns yes where m is true, else no.
func (g Target) Pick32(m Mask, yes, no reg.VecVirtual) reg.VecVirtual {
	v := g.Vec()
	if g.Wide() {
		VBLENDMPS(yes, no, m.Reg, v)
	} else {
		VBLENDVPS(m.Reg, yes, no, v)
	}
	return v
}

// Pick64 is Pick32 for float64.
func (g Target) Pick64(m Mask, yes, no reg.VecVirtual) reg.VecVirtual {
	v := g.Vec()
	if g.Wide() {
		VBLENDMPD(yes, no, m.Reg, v)
	} else {
		VBLENDVPD(m.Reg, yes, no, v)
	}
	return v
}

// ZeroWhere returns v with +0 where m is true.
func (g Target) ZeroWhere(m Mask, v reg.VecVirtual) reg.VecVirtual {
	out := g.Vec()
	if g.Wide() {
		VBLENDMPS(g.Zero(), v, m.Reg, out)
	} else {
		VANDNPS(v, m.Reg, out)
	}
	return out
}
