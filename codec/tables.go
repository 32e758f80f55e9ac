package codec

import (
	"math/bits"
	"slices"

	"github.com/gorgonae/gorgonae/internal/rans"
)

// How a static table is fitted to the integers of a latent in the training images. All decisions
// are made on integers, so they are the same on every machine.

const (
	tailShare  = 4096    // one in so many integers may be outside of a table on each side
	maxSymbols = 1 << 14 // in a table
	countUnit  = 1 << 16 // of a count: smoothing makes fractions of it
)

// latentTable is the table of a latent, and what it costs.
type latentTable struct {
	*rans.Table
	bits uint64 // of all integers together, times 2^costDigits
}

// fitTable fits a table to the integers of a latent. It smooths the counts as much as helps to code
// one half of them with a table of the other half.
func fitTable(q []int32) latentTable {
	lo, hi := coreRange(q)
	halves := [2][]uint64{make([]uint64, hi-lo+1), make([]uint64, hi-lo+1)}
	outside := [2]uint64{}
	for i, v := range q {
		if v < lo || v > hi {
			outside[i%2]++
		} else {
			halves[i%2][v-lo]++
		}
	}
	passes, least := 0, uint64(0)
	for _, p := range []int{0, 1, 4, 16, 64} {
		if p > len(halves[0]) {
			break
		}
		t := smoothTable(lo, halves[0], outside[0], p)
		if c := cost(t, lo, halves[1]); p == 0 || c < least {
			passes, least = p, c
		}
	}
	for i, c := range halves[1] {
		halves[0][i] += c
	}
	t := smoothTable(lo, halves[0], outside[0]+outside[1], passes)
	bits := cost(t, lo, halves[0])
	for _, v := range q {
		if v < lo || v > hi {
			bits += escapeCost(t, v)
		}
	}
	return latentTable{t, bits}
}

// coreRange returns the range of a table: that of the integers without the rarest at both ends.
func coreRange(q []int32) (lo, hi int32) {
	s := slices.Clone(q)
	slices.Sort(s)
	cut := len(s) / tailShare
	lo, hi = s[cut], s[len(s)-1-cut]
	if hi-lo >= maxSymbols {
		middle := s[len(s)/2]
		lo, hi = max(lo, middle-maxSymbols/2), min(hi, middle+maxSymbols/2-1)
	}
	return lo, hi
}

// smoothTable makes a table of counts after some passes of the filter (1, 2, 1)/4.
func smoothTable(lo int32, counts []uint64, outside uint64, passes int) *rans.Table {
	a := make([]uint64, len(counts))
	for i, c := range counts {
		a[i] = c * countUnit
	}
	b := make([]uint64, len(a))
	last := len(a) - 1
	for range passes {
		for i := range a {
			b[i] = (a[max(i-1, 0)] + 2*a[i] + a[min(i+1, last)]) / 4
		}
		a, b = b, a
	}
	t, err := rans.NewTable(rans.Counts{Lo: lo, Values: a, Escape: outside*countUnit + countUnit/2, Digits: tableDigits})
	if err != nil {
		panic("codec: " + err.Error())
	}
	return t
}

// costDigits is the number of binary digits of a cost behind the point.
const costDigits = 20

// symbolCost returns the bits of a symbol of a frequency of f/65536, times 2^costDigits, rounded
// down: 16 - log2 f. It computes the logarithm digit by digit, in integers.
func symbolCost(f uint64) uint64 {
	whole := bits.Len64(f) - 1
	x := f << (31 - whole) // from 2^31 to 2^32: the fraction of the logarithm belongs to x/2^31
	log := uint64(whole)
	for range costDigits {
		log <<= 1
		if x = x * x >> 31; x >= 1<<32 {
			x >>= 1
			log |= 1
		}
	}
	return 16<<costDigits - log
}

func cost(t *rans.Table, lo int32, counts []uint64) uint64 {
	sum := uint64(0)
	for i, c := range counts {
		if c > 0 {
			sum += c * symbolCost(uint64(t.Frequency(lo+int32(i))))
		}
	}
	return sum
}

// escapeCost is the cost of an integer outside of a table's range: the escape, and a number in
// Elias gamma code.
func escapeCost(t *rans.Table, v int32) uint64 {
	hi := t.Lo() + int32(t.Len()) - 1
	u := uint64(2 * (int64(t.Lo()) - int64(v)))
	if v > hi {
		u = uint64(2*(int64(v)-int64(hi)) - 1)
	}
	return symbolCost(uint64(t.Frequency(v))) + uint64(2*bits.Len64(u)-1)<<costDigits
}

// fitStatic fits a static prior to the integers of codes, and returns the bits of an image.
func fitStatic(q []int32, latents int) (*static, float64) {
	s := &static{tables: make([]*rans.Table, latents)}
	column := make([]int32, len(q)/latents)
	sum := 0.0
	for i := range latents {
		for r := range column {
			column[r] = q[r*latents+i]
		}
		t := fitTable(column)
		s.tables[i] = t.Table
		sum += float64(t.bits) / (1 << costDigits)
	}
	return s, sum / float64(len(column))
}
