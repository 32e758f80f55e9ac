package rans

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/pkg/errors"
)

const (
	lowState    = 1 << 31 // states of long streams are at least this
	shortStart  = 1 << 16 // the first state of the encoder of a short stream
	shortLength = 4096    // bytes in the longest short stream
	lanes       = 4       // of a long stream
	wordShift   = 47      // a state of at least f<<wordShift gives away a word before symbols of frequency f
)

// Encoder collects values, because they are coded from the last to the first. It takes 4 bytes of
// memory for each value. The zero value is ready for use.
type Encoder struct {
	ops []uint32 // as records of a table
	err error
}

// Put adds a value. Finish returns an error if the table cannot code it.
func (e *Encoder) Put(t *Table, v int32) {
	s := t.symbol(v)
	if s == len(t.records) {
		if e.err == nil {
			e.err = errors.Errorf("want values from %d to %d, got %d: give the table an escape", t.lo, t.hi(), v)
		}
		return
	}
	e.ops = append(e.ops, t.records[s])
	if s == t.values {
		u := t.outside(v)
		k := uint(bits.Len64(u) - 1)
		for range k {
			e.PutBits(0, 1)
		}
		e.PutBits(1, 1)
		e.PutBits(u-1<<k, k)
	}
}

// PutMany adds values that have the same table.
func (e *Encoder) PutMany(t *Table, values []int32) {
	for _, v := range values {
		e.Put(t, v)
	}
}

// PutEach adds values, each with its own table. There are as many tables as values.
func (e *Encoder) PutEach(tables []*Table, values []int32) {
	for i, t := range tables[:len(values)] {
		e.Put(t, values[i])
	}
}

// PutBits adds the n lowest bits of v, 0 <= n <= 64. They cost n bits.
func (e *Encoder) PutBits(v uint64, n uint) {
	for n > 0 {
		m := min(n, 16)
		e.ops = append(e.ops, bitsRecord(uint32(v&(1<<m-1)), m))
		v >>= m
		n -= m
	}
}

// bitsRecord returns the record of n raw bits, 1 <= n <= 16.
func bitsRecord(b uint32, n uint) uint32 { return b<<(16-n) | (1<<(16-n)-1)<<16 }

// Len returns the number of operations: one for each value and for each 16 raw bits, and some more
// for each value outside of its table's range.
func (e *Encoder) Len() int { return len(e.ops) }

// Bits returns the sum of -log2 p over everything that was put. This is for reports: its last
// bits may differ between machines.
func (e *Encoder) Bits() float64 {
	sum := 0.0
	for _, r := range e.ops {
		sum += 16 - math.Log2(float64(r>>16+1))
	}
	return sum
}

// Finish returns the stream of all values, and makes the encoder ready for the next stream.
func (e *Encoder) Finish() ([]byte, error) { return e.finish(shortLength) }

// finish is Finish with another greatest length of short streams.
func (e *Encoder) finish(limit int) ([]byte, error) {
	ops, err := e.ops, e.err
	e.ops, e.err = ops[:0], nil
	if err != nil {
		return nil, err
	}
	if short, ok := encodeShort(ops, limit); ok {
		return short, nil
	}
	return encodeLong(ops), nil
}

// encodeShort reports false if the stream is too long for a short one.
func encodeShort(ops []uint32, limit int) ([]byte, bool) {
	words := make([]uint32, 0, limit/4)
	x := uint64(shortStart)
	for i := len(ops) - 1; i >= 0; i-- {
		if f := uint64(ops[i]>>16) + 1; x >= f<<wordShift {
			if len(words) == cap(words) {
				return nil, false
			}
			words = append(words, uint32(x))
			x >>= 32
		}
		x = push(x, ops[i])
	}
	if x >= 1<<32 {
		words = append(words, uint32(x))
		x >>= 32
	}
	n := (bits.Len64(x) + 7) / 8
	size := n + 4*len(words)
	if size > limit {
		return nil, false
	}
	state := binary.LittleEndian.AppendUint64(make([]byte, 0, size+8), x)
	return appendWords(state[:n], words), true
}

func encodeLong(ops []uint32) []byte {
	x := [lanes]uint64{lowState, lowState, lowState, lowState}
	words := make([]uint32, 0, len(ops)/4)
	for i := len(ops) - 1; i >= 0; i-- {
		lane := i % lanes
		y := x[lane]
		if f := uint64(ops[i]>>16) + 1; y >= f<<wordShift {
			words = append(words, uint32(y))
			y >>= 32
		}
		x[lane] = push(y, ops[i])
	}
	dst := make([]byte, 0, 8*lanes+4*len(words))
	for _, y := range x {
		dst = binary.LittleEndian.AppendUint64(dst, y)
	}
	return appendWords(dst, words)
}

// push returns the state after the operation with record r was put.
func push(x uint64, r uint32) uint64 {
	f := uint64(r>>16) + 1
	q := x / f
	return q<<16 + (x - q*f) + uint64(r&0xffff)
}

// appendWords appends words, the last one first.
func appendWords(dst []byte, words []uint32) []byte {
	for i := len(words) - 1; i >= 0; i-- {
		dst = binary.LittleEndian.AppendUint32(dst, words[i])
	}
	return dst
}
