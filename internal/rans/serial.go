package rans

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const escapeFlag = 32

// Append appends the serialised table to dst. ReadTable reads it.
func (t *Table) Append(dst []byte) []byte {
	dst = binary.AppendVarint(dst, int64(t.lo))
	dst = binary.AppendUvarint(dst, uint64(t.values-1))
	flags := byte(t.digits)
	if t.HasEscape() {
		flags |= escapeFlag
	}
	w := bitWriter{dst: append(dst, flags)}
	length := 1
	for s, r := range t.records {
		weight := r>>16 + 1
		if t.weights != nil {
			weight = t.weights[s]
		}
		b := bits.Len32(weight)
		w.gamma(fold(b - length))
		if n := min(b, t.digits) - 1; n > 0 {
			w.put(weight>>(b-1-n)&(1<<n-1), n)
		}
		length = b
	}
	return w.finish()
}

// ReadTable reads a table from the beginning of data, and returns what follows it. The memory that
// it takes is bounded by a constant, and is below 500 times the length of data, plus 2 KB. The
// error is a *DamageError.
func ReadTable(data []byte) (t *Table, rest []byte, err error) {
	lo, n := binary.Varint(data)
	if n <= 0 || lo < math.MinInt32 || lo > math.MaxInt32 {
		return nil, nil, damage("want an int32 as the first value of a table, got something else")
	}
	data = data[n:]
	last, n := binary.Uvarint(data)
	if n <= 0 || last >= total || lo+int64(last) > math.MaxInt32 {
		return nil, nil, damage("want 1 to 65536 values of int32 in a table, got another number")
	}
	data = data[n:]
	if len(data) == 0 {
		return nil, nil, damage("want digits and flags of a table, got the end")
	}
	digits := int(data[0] &^ escapeFlag)
	symbols := int(last) + 1 + int(data[0]&escapeFlag/escapeFlag)
	data = data[1:]
	switch {
	case digits < 1 || digits > exact:
		return nil, nil, damage("want 1 to 17 digits in a table, got another number")
	case symbols > total || symbols > 8*len(data):
		return nil, nil, damage("want a table with a bit for each symbol and at most 65536 symbols, got another size")
	}
	r := bitReader{data: data}
	weights, ok := readWeights(&r, symbols, digits)
	if !ok || !r.padded() {
		return nil, nil, damage("want the weights of a table, got other bits")
	}
	return newTable(int32(lo), int(last)+1, digits, weights), data[(r.pos+7)/8:], nil
}

func readWeights(r *bitReader, symbols, digits int) ([]uint32, bool) {
	weights := make([]uint32, symbols)
	sum, length := 0, 1
	for s := range weights {
		u := r.gamma()
		length += unfold(u)
		if u == 0 || length < 1 || length > exact {
			return nil, false
		}
		n := min(length, digits) - 1
		weights[s] = (1<<n | r.get(n)) << (length - 1 - n)
		sum += int(weights[s])
	}
	return weights, r.pos <= 8*len(r.data) && (digits != exact || sum == total)
}

// fold maps 0, -1, 1, -2, 2, ... to 1, 2, 3, 4, 5, ...
func fold(d int) uint32 {
	if d < 0 {
		return uint32(-2 * d)
	}
	return uint32(2*d + 1)
}

func unfold(u uint32) int {
	if u%2 == 0 {
		return -int(u / 2)
	}
	return int(u / 2)
}

// bitWriter appends bits to bytes, which it fills from the lowest bit.
type bitWriter struct {
	dst  []byte
	bits uint64
	n    int // number of bits in bits, below 8 between calls
}

func (w *bitWriter) put(v uint32, n int) {
	w.bits |= uint64(v) << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.dst = append(w.dst, byte(w.bits))
		w.bits >>= 8
	}
}

func (w *bitWriter) gamma(u uint32) {
	k := bits.Len32(u) - 1
	w.put(1<<k, k+1)
	w.put(u&(1<<k-1), k)
}

func (w *bitWriter) finish() []byte {
	if w.n > 0 {
		w.dst = append(w.dst, byte(w.bits))
	}
	return w.dst
}

// bitReader reads what a bitWriter wrote. It reads zeros beyond the end of the data, and pos tells
// that it did.
type bitReader struct {
	data []byte
	pos  int // in bits
}

func (r *bitReader) get(n int) uint32 {
	v := uint32(0)
	for i := range n {
		if at := (r.pos + i) / 8; at < len(r.data) {
			v |= uint32(r.data[at]>>((r.pos+i)%8)&1) << i
		}
	}
	r.pos += n
	return v
}

// gamma returns a number below 64, or 0 if there is a greater one.
func (r *bitReader) gamma() uint32 {
	for k := range 6 {
		if r.get(1) == 1 {
			return 1<<k | r.get(k)
		}
	}
	return 0
}

// padded says if all bits up to the next byte are 0.
func (r *bitReader) padded() bool { return (&bitReader{r.data, r.pos}).get((8-r.pos%8)%8) == 0 }
