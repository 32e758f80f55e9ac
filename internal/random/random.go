// Package random is the only source of random numbers in gorgonae. A stream of numbers depends on a
// seed and a name alone, for example the name of a weight. It does not depend on the clock or on a
// shared generator. So a run can be repeated on any machine, resumed in the middle, and split over
// any number of threads. math/rand does not promise this: the bits that Perm or Float32 draw may
// change with the version of Go.
//
// The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators", OOPSLA 2014). It is a hash of a counter, so element i of a stream can be computed
// without the elements before it.
package random

import "math/bits"

const golden = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio: SplitMix64's step

// mix is SplitMix64's finaliser: a bijection in which each input bit changes each output bit with
// probability 1/2.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Key returns the key of the stream with this seed and this name. It hashes the parts of the name
// separately: ("ab", "c") and ("a", "bc") are two streams.
func Key(seed uint64, parts ...string) uint64 {
	h := mix(seed + golden)
	for _, p := range parts {
		h = mix(h ^ uint64(len(p)))
		for i := 0; i < len(p); i++ {
			h = (h ^ uint64(p[i])) * 0x100000001b3 // FNV-1a's prime
		}
		h = mix(h + golden)
	}
	return h
}

// Sub returns the key of the n-th stream below a key, for example of an epoch, a step or an image.
func Sub(key, n uint64) uint64 { return mix(mix(key+golden) ^ n*golden) }

// Hash returns element i of the stream with this key: 64 uniform bits.
func Hash(key, i uint64) uint64 { return mix(key + (i+1)*golden) }

// Skip returns the key of a stream that begins after the first n elements of the stream of key:
// Hash(Skip(key, n), i) is Hash(key, n+i).
func Skip(key, n uint64) uint64 { return key + n*golden }

// Source reads the stream of a key element by element. It is not safe for use by several goroutines
// at once.
type Source struct{ key, next uint64 }

// New returns the stream of a seed and a name; see Key.
func New(seed uint64, parts ...string) *Source { return FromKey(Key(seed, parts...)) }

// FromKey returns the stream of a key.
func FromKey(key uint64) *Source { return &Source{key: key} }

// Uint64 returns 64 uniform bits.
func (s *Source) Uint64() uint64 {
	s.next++
	return mix(s.key + s.next*golden)
}

// Uint64n returns a uniform number below n, which must not be 0. It uses Lemire's method with
// rejection, so the distribution is exactly uniform.
func (s *Source) Uint64n(n uint64) uint64 {
	if n == 0 {
		panic("random: Uint64n of 0")
	}
	hi, lo := bits.Mul64(s.Uint64(), n)
	if lo < n {
		for floor := -n % n; lo < floor; {
			hi, lo = bits.Mul64(s.Uint64(), n)
		}
	}
	return hi
}

// Float32 returns a uniform multiple of 2^-24 in [0, 1).
func (s *Source) Float32() float32 { return float32(s.Uint64()>>40) * (1.0 / (1 << 24)) }

// Float64 returns a uniform multiple of 2^-53 in [0, 1).
func (s *Source) Float64() float64 { return float64(s.Uint64()>>11) * (1.0 / (1 << 53)) }

// Perm returns a uniform permutation of 0..n-1 (Fisher and Yates).
func (s *Source) Perm(n int) []int32 {
	p := make([]int32, n)
	for i := range p {
		p[i] = int32(i)
	}
	for i := n - 1; i > 0; i-- {
		j := int(s.Uint64n(uint64(i) + 1))
		p[i], p[j] = p[j], p[i]
	}
	return p
}
