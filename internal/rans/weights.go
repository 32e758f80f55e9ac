package rans

import (
	"math"

	"github.com/pkg/errors"
)

// Weights is a distribution of real numbers in any proportion.
type Weights struct {
	Lo     int32
	Values []float64 // the weight of Lo, of Lo+1, ...: each finite, at least 0
	Escape float64   // the weight of all other values together; if 0, the table has no escape
	Digits int       // as in Counts
}

// Counts returns counts in the same proportion. All weights are multiplied by the same power of
// two, so that the greatest count has 40 binary digits, and are rounded down. So equal weights give
// equal counts on every machine. An escape of any weight above 0 gets a count of at least 1.
func (w Weights) Counts() (Counts, error) {
	greatest := 0.0
	for i, v := range w.Values {
		if !(v >= 0) || math.IsInf(v, 1) {
			return Counts{}, errors.Errorf("want weights that are finite and not negative, got %v for value %d: check the distribution", v, int64(w.Lo)+int64(i))
		}
		greatest = max(greatest, v)
	}
	if !(w.Escape >= 0) || math.IsInf(w.Escape, 1) {
		return Counts{}, errors.Errorf("want weights that are finite and not negative, got %v for the escape: check the distribution", w.Escape)
	}
	greatest = max(greatest, w.Escape)
	if greatest == 0 {
		return Counts{}, errors.New("want a weight above zero, got none: check the distribution")
	}
	_, exponent := math.Frexp(greatest)
	count := func(v float64) uint64 { return uint64(math.Ldexp(v, 40-exponent)) }
	c := Counts{Lo: w.Lo, Values: make([]uint64, len(w.Values)), Digits: w.Digits}
	for i, v := range w.Values {
		c.Values[i] = count(v)
	}
	if w.Escape > 0 {
		c.Escape = max(1, count(w.Escape))
	}
	return c, nil
}
