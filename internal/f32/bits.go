package f32

import "math"

// One is the bit pattern of 1.
const One = 0x3f800000

// Negative reports whether the float32 with these bits is negative: its sign bit is set and it is
// not NaN. As integers, -0 is the smallest of the negative numbers and -Inf the largest.
//
// A branch on the sign of random data is mispredicted half of the time and costs more than the
// arithmetic. So kernels choose between two bit patterns, which compiles to a conditional move.
func Negative(bits uint32) bool { return int32(bits) <= -0x800000 }

// Pick returns yes if c is true, else no. It chooses between bit patterns, as Negative explains.
func Pick(c bool, yes, no float64) float64 {
	b := math.Float64bits(no)
	if y := math.Float64bits(yes); c {
		b = y
	}
	return math.Float64frombits(b)
}

// Widen returns float64(v), for use in a loop. The instruction CVTSS2SD of amd64 keeps the upper
// half of the register that it writes, so it waits for the last value of that register. When Go
// inlines the conversion, this is often the result of the element before. Then the elements are
// computed one after the other, three times slower.
//
//go:noinline
func Widen(v float32) float64 { return float64(v) }
