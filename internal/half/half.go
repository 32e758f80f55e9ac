// Package half reads numbers of 16 bits, which files of arrays and of models have. Every number of
// both formats is a float32, so reading loses nothing.
package half

import "math"

// Float32 returns the value of a half-precision number, binary16 of IEEE 754: a sign, 5 bits of
// exponent and 10 bits of fraction.
func Float32(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&31, uint32(h)&1023
	switch exponent {
	case 0: // zero, or a subnormal number: a multiple of 2^-24
		const smallest = 1.0 / (1 << 24)
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*smallest))
	case 31: // infinity or NaN
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// FromBfloat16 returns the value of a bfloat16 number: the upper half of a float32.
func FromBfloat16(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }
