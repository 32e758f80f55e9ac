package rans

import (
	"encoding/binary"
	"math"
)

// DamageError says that a stream or a serialised table is not what an Encoder or a Table wrote, or
// that a stream is decoded with other tables.
type DamageError struct{ What string }

func (e *DamageError) Error() string { return e.What + ": the data are damaged, use another copy" }

func damage(what string) *DamageError { return &DamageError{what} }

// Decoder returns the values of a stream in the order in which they were put. After an error all
// values are 0. What it returns before Close may be wrong, if the stream is damaged.
type Decoder struct {
	data []byte
	pos  int  // of the next word
	n    uint // number of operations so far
	mask uint // number of lanes minus 1
	x    [lanes]uint64
	err  error
}

// NewDecoder returns a decoder of a stream. It keeps data, and allocates no other memory that
// depends on them. If data cannot be a stream, Err says so.
func NewDecoder(data []byte) *Decoder { return newDecoder(data, shortLength) }

// newDecoder is NewDecoder with another greatest length of short streams, at least 31.
func newDecoder(data []byte, limit int) *Decoder {
	d := &Decoder{data: data}
	if len(data) <= limit {
		d.openShort()
	} else {
		d.openLong()
	}
	return d
}

func (d *Decoder) openShort() {
	if len(d.data) == 0 {
		d.err = damage("want a stream, got no bytes")
		return
	}
	d.pos = (len(d.data)-1)%4 + 1
	x := uint64(0)
	for i, b := range d.data[:d.pos] {
		x |= uint64(b) << (8 * i)
	}
	if d.data[d.pos-1] == 0 {
		d.err = damage("want a stream that begins with its state, got a state with a highest byte of 0")
		return
	}
	d.refill(0, x)
}

func (d *Decoder) openLong() {
	d.mask = lanes - 1
	for i := range d.x {
		x := binary.LittleEndian.Uint64(d.data[8*i:])
		if x < lowState || x >= 1<<63 {
			d.err = damage("want a stream that begins with its states, got a state out of range")
			return
		}
		d.x[i] = x
	}
	d.pos = 8 * lanes
}

// refill sets the state of a lane to x, after it has read a word if x is low.
func (d *Decoder) refill(lane uint, x uint64) {
	if x < lowState {
		switch {
		case d.pos+4 <= len(d.data):
			x = x<<32 | uint64(binary.LittleEndian.Uint32(d.data[d.pos:]))
			d.pos += 4
		case d.mask != 0 || x < shortStart:
			d.fail("want more words in a stream, got its end")
		}
	}
	d.x[lane] = x
}

func (d *Decoder) fail(what string) {
	if d.err == nil {
		d.err = damage(what)
	}
}

// Get returns the next value, which was put with the same table.
func (d *Decoder) Get(t *Table) int32 {
	if d.err != nil {
		return 0
	}
	lane := d.n & d.mask
	x := d.x[lane]
	s, r := find(t.records, t.first, t.shift, uint32(x&0xffff))
	d.refill(lane, pop(x, r))
	d.n++
	if s < t.values {
		return int32(int64(t.lo) + int64(s))
	}
	return d.other(t)
}

// find returns the symbol of a slot, and its record.
func find(records []uint32, first []uint16, shift uint, slot uint32) (int, uint32) {
	s := int(first[slot>>(shift&31)])
	r := records[s]
	for slot-r&0xffff > r>>16 {
		s++
		r = records[s]
	}
	return s, r
}

// pop returns the state after the operation with record r, before a word is read.
func pop(x uint64, r uint32) uint64 { return uint64(r>>16+1)*(x>>16) + (x & 0xffff) - uint64(r&0xffff) }

// other returns a value outside of the table's range, after its escape.
func (d *Decoder) other(t *Table) int32 {
	for k := range uint(33) {
		if d.GetBits(1) == 0 {
			continue
		}
		v := t.inside(1<<k | d.GetBits(k))
		if d.err != nil {
			return 0
		}
		if v < math.MinInt32 || v > math.MaxInt32 {
			break
		}
		return int32(v)
	}
	d.fail("want an int32 after an escape, got a number out of range")
	return 0
}

// GetBits returns the next n bits, 0 <= n <= 64, which were put as n bits.
func (d *Decoder) GetBits(n uint) uint64 {
	v := uint64(0)
	for at := uint(0); at < n; at += 16 {
		if d.err != nil {
			return 0
		}
		m := min(n-at, 16)
		lane := d.n & d.mask
		x := d.x[lane]
		b := uint32(x&0xffff) >> (16 - m)
		d.refill(lane, pop(x, bitsRecord(b, m)))
		d.n++
		v |= uint64(b) << at
	}
	return v
}

// Err returns nil or a *DamageError.
func (d *Decoder) Err() error { return d.err }

// Close returns the error of the decoder, or a *DamageError if the stream has not come to its end
// in the state where its encoder started. This notices nearly all damage, but not all: one of the
// last values may be taken for another of the same frequency. A checksum must do the rest.
func (d *Decoder) Close() error {
	if d.err != nil {
		return d.err
	}
	if d.pos != len(d.data) {
		d.fail("want the end of a stream after its last value, got more words")
	}
	for _, x := range d.x[:d.mask+1] {
		if x != d.end() {
			d.fail("want the encoder's first state after the last value of a stream, got another")
		}
	}
	return d.err
}

func (d *Decoder) end() uint64 {
	if d.mask == 0 {
		return shortStart
	}
	return lowState
}
