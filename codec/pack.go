package codec

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/gorgonae/gorgonae/internal/rans"
)

// A list of bytes, integers or floats in a section is packed: one table fits all its values, and
// they are coded with it. A list of few bytes is shorter without.

const (
	packedRaw   = 0 // bytes
	packedTable = 1 // a table, and a stream
)

// appendInts appends a packed list: its length, and its values.
func appendInts(dst []byte, values []int32) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(values)))
	if len(values) == 0 {
		return dst
	}
	lo, hi := slices.Min(values), slices.Max(values)
	t, _ := listTable(values, lo, hi)
	var e rans.Encoder
	e.PutMany(t, values)
	stream := finish(&e)
	body := t.Append(nil)
	body = binary.AppendUvarint(body, uint64(len(stream)))
	body = append(body, stream...)
	if lo >= 0 && hi <= 255 && len(values) <= len(body) {
		dst = append(dst, packedRaw)
		for _, v := range values {
			dst = append(dst, byte(v))
		}
		return dst
	}
	return append(append(dst, packedTable), body...)
}

// listTable fits a table to values from lo to hi: with so many digits that table and values together
// take the fewest bits, which are returned, times 2^costDigits. Values further apart than a table
// allows are a mistake of the program.
func listTable(values []int32, lo, hi int32) (best *rans.Table, least uint64) {
	c := rans.Counts{Lo: lo, Values: make([]uint64, int64(hi)-int64(lo)+1)}
	for _, v := range values {
		c.Values[v-lo]++
	}
	for c.Digits = 1; c.Digits <= tableDigits; c.Digits++ {
		t, err := rans.NewTable(c)
		if err != nil {
			panic("codec: " + err.Error())
		}
		if n := uint64(8*len(t.Append(nil)))<<costDigits + cost(t, lo, c.Values); best == nil || n < least {
			best, least = t, n
		}
	}
	return best, least
}

// finish returns an encoder's stream. Its tables can code all values that were put.
func finish(e *rans.Encoder) []byte {
	stream, err := e.Finish()
	if err != nil {
		panic("codec: " + err.Error())
	}
	return stream
}

// ints reads what appendInts wrote: at most most values from lo to hi.
func (c *cursor) ints(what string, most int, lo, hi int32) []int32 {
	n := c.uint("the number of "+what, 0, most)
	if n == 0 {
		return nil
	}
	var values []int32
	switch c.uint("a packing of "+what, packedRaw, packedTable) {
	case packedRaw:
		raw := c.take(what, n)
		values = make([]int32, len(raw))
		for i, b := range raw {
			values[i] = int32(b)
		}
	case packedTable:
		t := c.table()
		stream := c.take(what, c.uint("the length of "+what, 0, len(c.data)))
		if c.err != nil {
			return nil
		}
		values = make([]int32, n)
		d := rans.NewDecoder(stream)
		d.GetMany(t, values)
		if err := d.Close(); err != nil {
			c.fail("%s: %v", what, err)
		}
	}
	if c.err != nil {
		return nil
	}
	if slices.Min(values) < lo || slices.Max(values) > hi {
		c.fail("want %s from %d to %d, got others", what, lo, hi)
		return nil
	}
	return values
}

// appendText appends bytes as a packed list.
func appendText[T string | []byte](dst []byte, text T) []byte {
	values := make([]int32, len(text))
	for i := range len(text) {
		values[i] = int32(text[i])
	}
	return appendInts(dst, values)
}

// text reads what appendText wrote.
func (c *cursor) text(what string) []byte {
	values := c.ints(what, limit.text, 0, 255)
	b := make([]byte, len(values))
	for i, v := range values {
		b[i] = byte(v)
	}
	return b
}

// appendFloats appends the four bytes of all floats as four packed lists, the low bytes first.
// Floats with few digits have low bytes of 0, which cost nothing.
func appendFloats(dst []byte, x []float32) []byte {
	plane := make([]byte, len(x))
	for shift := 0; shift < 32; shift += 8 {
		for i, v := range x {
			plane[i] = byte(math.Float32bits(v) >> shift)
		}
		dst = appendText(dst, plane)
	}
	return dst
}

// floats reads n finite floats that appendFloats wrote.
func (c *cursor) floats(what string, n int) []float32 {
	var bits []uint32
	for shift := 0; shift < 32; shift += 8 {
		plane := c.ints(what, n, 0, 255)
		if c.err == nil && len(plane) != n {
			c.fail("want %d %s, got %d", n, what, len(plane))
		}
		if c.err != nil {
			return nil
		}
		if bits == nil {
			bits = make([]uint32, n)
		}
		for i, b := range plane {
			bits[i] |= uint32(b) << shift
		}
	}
	x := make([]float32, n)
	for i, b := range bits {
		x[i] = math.Float32frombits(b)
		if x[i]-x[i] != 0 {
			c.fail("want finite %s, got NaN or infinity", what)
			return nil
		}
	}
	return x
}

// tableDigits is the number of binary digits of a frequency in the tables of a file.
const tableDigits = 4

// roundFloat keeps some binary digits of x behind the first one: 23 keep all. Halves round away
// from zero.
func roundFloat(x float64, digits int) float32 {
	drop := 23 - digits
	b := math.Float32bits(float32(x))
	b = (b + 1<<drop>>1) >> drop << drop
	return math.Float32frombits(b)
}
