package rans

import (
	"math"
	"math/bits"

	"github.com/pkg/errors"
)

const (
	maxCount  = 1 << 40
	maxDigits = 16
	exact     = 17 // digits of a table whose weights are its frequencies
)

// Counts is what a distribution is made from: how often each value was seen, or numbers in such a
// proportion.
type Counts struct {
	Lo     int32    // the first value
	Values []uint64 // the count of Lo, of Lo+1, ...: each at most 1<<40
	Escape uint64   // the count of all other values together; if 0, the table has no escape
	Digits int      // significant binary digits that are kept of a frequency, 1 to 16; 0 keeps all
}

// Table is a distribution over the integers of a range and, if it has an escape, all other int32
// values. It does not change after it was made, so goroutines may share it.
type Table struct {
	lo     int32
	values int // number of values with a symbol; the symbol with this number is the escape
	digits int

	records []uint32 // of symbols: start in the low half, frequency-1 in the high half
	weights []uint32 // of symbols, from which the frequencies were made; nil if they are the frequencies

	// first[slot>>shift] is the first symbol of these slots. It has some entries for each symbol,
	// so that a search seldom goes beyond the first symbol.
	first []uint16
	shift uint
}

// NewTable returns the distribution with probabilities in proportion to counts. Each value in the
// range gets a probability of at least 1/65536, even if its count is 0. Few digits make Append's
// result smaller: with 3 digits, symbols cost about 0.001 bits more, and a weight takes 2 bits
// beside its magnitude.
func NewTable(c Counts) (*Table, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	counts := c.Values
	if c.Escape > 0 {
		counts = append(append(make([]uint64, 0, len(c.Values)+1), c.Values...), c.Escape)
	}
	weights := normalize(counts)
	if c.Digits == 0 {
		return newTable(c.Lo, len(c.Values), exact, weights), nil
	}
	for i, w := range weights {
		weights[i] = round(w, c.Digits)
	}
	return newTable(c.Lo, len(c.Values), c.Digits, weights), nil
}

func (c Counts) check() error {
	n := len(c.Values)
	symbols := n
	if c.Escape > 0 {
		symbols++
	}
	switch {
	case n == 0:
		return errors.New("want a table of at least one value, got none: give it a count for each value")
	case symbols > total:
		return errors.Errorf("want at most %d symbols in a table, got %d: leave rare values to the escape", total, symbols)
	case int64(c.Lo)+int64(n)-1 > math.MaxInt32:
		return errors.Errorf("want values of int32, got %d values from %d: begin lower", n, c.Lo)
	case c.Digits < 0 || c.Digits > maxDigits:
		return errors.Errorf("want 0 to %d digits, got %d: use 0 to keep all", maxDigits, c.Digits)
	case c.Escape > maxCount:
		return errors.Errorf("want counts of at most 1<<40, got %d for the escape: divide all counts", c.Escape)
	}
	for i, v := range c.Values {
		if v > maxCount {
			return errors.Errorf("want counts of at most 1<<40, got %d for value %d: divide all counts", v, int64(c.Lo)+int64(i))
		}
	}
	return nil
}

// round keeps some significant binary digits of w, and rounds halves up.
func round(w uint32, digits int) uint32 {
	drop := bits.Len32(w) - digits
	if drop <= 0 {
		return w
	}
	return (w + 1<<(drop-1)) >> drop << drop
}

// newTable returns the table of valid weights.
func newTable(lo int32, values, digits int, weights []uint32) *Table {
	t := &Table{lo: lo, values: values, digits: digits}
	frequencies := weights
	if digits != exact {
		t.weights = weights
		counts := make([]uint64, len(weights))
		for i, w := range weights {
			counts[i] = uint64(w)
		}
		frequencies = normalize(counts)
	}
	t.shift = uint(16 - min(max(bits.Len(uint(len(weights)-1))+3, 8), 16))
	t.first = make([]uint16, total>>t.shift)
	t.records = make([]uint32, len(weights))
	start, next := uint32(0), uint32(0) // next is the first slot whose entry in first is not known
	for s, f := range frequencies {
		t.records[s] = start | (f-1)<<16
		start += f
		for ; next < start; next += 1 << t.shift {
			t.first[next>>t.shift] = uint16(s)
		}
	}
	return t
}

// Lo returns the first value of the table's range.
func (t *Table) Lo() int32 { return t.lo }

// Len returns the number of values in the table's range.
func (t *Table) Len() int { return t.values }

// HasEscape says if the table can code values outside of its range.
func (t *Table) HasEscape() bool { return len(t.records) > t.values }

// Frequency returns the probability of a value, times 65536. For a value outside of the range this
// is the escape's frequency, or 0 if the table has none.
func (t *Table) Frequency(v int32) int {
	s := t.symbol(v)
	if s == len(t.records) {
		return 0
	}
	return int(t.records[s]>>16) + 1
}

// Bits returns the number of bits that a value takes, -log2 of its probability. It is infinite for
// a value that the table cannot code. This is for reports: its last bit may differ between
// machines.
func (t *Table) Bits(v int32) float64 {
	f := t.Frequency(v)
	if f == 0 {
		return math.Inf(1)
	}
	b := 16 - math.Log2(float64(f))
	if t.symbol(v) == t.values {
		b += float64(2*bits.Len64(t.outside(v)) - 1)
	}
	return b
}

// symbol returns the symbol of a value. If neither the value nor an escape has one, it is the
// number of symbols.
func (t *Table) symbol(v int32) int {
	if s := int64(v) - int64(t.lo); s >= 0 && s < int64(t.values) {
		return int(s)
	}
	return t.values
}

// outside maps the values outside of the range to 1, 2, ..., by turns above and below the range.
func (t *Table) outside(v int32) uint64 {
	if v < t.lo {
		return uint64(2 * (int64(t.lo) - int64(v)))
	}
	return uint64(2*(int64(v)-t.hi()) - 1)
}

// inside is the inverse of outside. The result may not be an int32.
func (t *Table) inside(u uint64) int64 {
	if u%2 == 0 {
		return int64(t.lo) - int64(u/2)
	}
	return t.hi() + int64(u/2) + 1
}

func (t *Table) hi() int64 { return int64(t.lo) + int64(t.values) - 1 }
