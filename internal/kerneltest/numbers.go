// Package kerneltest has the parts that the tests of the kernels share: numbers that break numeric
// code, slices between guard words or before a page that must not be read, every level of
// instructions and several numbers of threads, and the peak of the processor. Only tests import it.
package kerneltest

import (
	"math"
	"slices"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Lengths are lengths of slices at which vector code changes its path.
var Lengths = []int{0, 1, 2, 3, 15, 16, 17, 1000}

// SumLengths are lengths for sums over all elements: those around a block, and Lengths.
var SumLengths = append([]int{4095, 4096, 4097, 3*4096 + 17}, Lengths...)

var (
	Inf = float32(math.Inf(1))
	NaN = float32(math.NaN())
)

// Nasty holds numbers that break numeric code: zeros, subnormals, the ends of the range,
// infinities, and NaNs of both signs.
var Nasty = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.5, -0.5, 1e-45, -1e-45, 1e-40, -1e-40, 1.1754944e-38, -1.1754944e-38,
	1e-20, -1e-20, 1e20, -1e20, math.MaxFloat32, -math.MaxFloat32, 88.72, -88.72, 89, -104, 16777216, -16777217,
	Inf, -Inf, NaN, math.Float32frombits(0xff800001), math.Float32frombits(0x7fffffff),
}

// Uniform returns n numbers in [0, 1).
func Uniform(seed uint64, n int) []float32 {
	s := random.New(seed, "f32")
	x := make([]float32, n)
	for i := range x {
		x[i] = s.Float32()
	}
	return x
}

// Normal returns n numbers with mean 0 and variance 1, of roughly normal shape.
func Normal(seed uint64, n int) []float32 {
	s := random.New(seed, "f32")
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*(s.Float32()+s.Float32()+s.Float32()) - 3
	}
	return x
}

// Mixed returns n numbers of all magnitudes. One in four is Nasty.
func Mixed(seed uint64, n int) []float32 {
	s := random.New(seed, "f32")
	x := make([]float32, n)
	for i := range x {
		switch s.Uint64n(4) {
		case 0:
			x[i] = Nasty[s.Uint64n(uint64(len(Nasty)))]
		case 1:
			x[i] = math.Float32frombits(uint32(s.Uint64()))
		default:
			x[i] = 8*s.Float32() - 4
		}
	}
	return x
}

// Rare returns numbers of all sizes, so that products in a sum often differ by 2^24 or are
// subnormal. NaN and Inf are so few that most sums are finite.
func Rare(seed uint64, n int) []float32 {
	s := random.New(seed, "f32 rare")
	x := Normal(seed, n)
	for i := range x {
		switch s.Uint64n(1000) {
		case 0:
			x[i] = Nasty[s.Uint64n(uint64(len(Nasty)))]
		case 1, 2, 3:
			x[i] = Nasty[s.Uint64n(10)] // zeros, ones and subnormals
		default:
			x[i] = float32(math.Ldexp(float64(x[i]), int(s.Uint64n(40))-20-70*int(seed&1)))
		}
	}
	return x
}

// NaNs returns n NaNs.
func NaNs(n int) []float32 { return slices.Repeat([]float32{NaN}, n) }
