package rans

import (
	"math"
	"testing"
)

// source is a linear congruential generator of 32-bit numbers (D. Knuth, MMIX).
type source uint64

func (r *source) next() uint32 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return uint32(*r >> 32)
}

func (r *source) below(n int) int { return int(uint64(r.next()) * uint64(n) >> 32) }

func mustTable(t testing.TB, c Counts) *Table {
	t.Helper()
	table, err := NewTable(c)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// normal returns the weights of a discretised normal distribution, as codes have it.
func normal(deviation float64) Weights {
	n := int(4*deviation) + 2
	w := Weights{Lo: int32(-n), Values: make([]float64, 2*n+1), Escape: 1e-4}
	for i := range w.Values {
		z := float64(i-n) / deviation
		w.Values[i] = math.Exp(-z*z/2) / deviation
	}
	return w
}

func bell(t testing.TB, deviation float64) *Table {
	t.Helper()
	c, err := normal(deviation).Counts()
	if err != nil {
		t.Fatal(err)
	}
	return mustTable(t, c)
}

// randomTable returns a table of any size and shape.
func randomTable(t testing.TB, r *source) *Table {
	t.Helper()
	c := Counts{Lo: int32(r.next()), Values: make([]uint64, 1+r.below(1<<r.below(13)))}
	c.Lo = min(c.Lo, math.MaxInt32-1<<13)
	spread := 1 + r.below(40)
	for i := range c.Values {
		c.Values[i] = (uint64(r.next())<<8 | uint64(r.next())&0xff) >> r.below(spread)
	}
	if r.below(2) == 0 {
		c.Escape = uint64(r.below(1 << r.below(30)))
	}
	if r.below(2) == 0 {
		c.Digits = r.below(maxDigits + 1)
	}
	return mustTable(t, c)
}

// draw returns a value of a table's distribution. One outside of the range is any int32.
func draw(r *source, t *Table) int32 {
	s, _ := find(t.records, t.first, t.shift, r.next()>>16)
	if s < t.values {
		return t.lo + int32(s)
	}
	for {
		v := int32(t.inside(1 + uint64(r.next()>>r.below(32))))
		if t.symbol(v) == t.values {
			return v
		}
	}
}

func finish(t testing.TB, e *Encoder) []byte {
	t.Helper()
	stream, err := e.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// rounds returns how often a random test repeats: a tenth of n with -short, as in an emulator.
func rounds(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}
