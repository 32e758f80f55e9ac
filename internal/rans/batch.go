package rans

import "encoding/binary"

// GetMany reads values that have the same table.
func (d *Decoder) GetMany(t *Table, out []int32) {
	for len(out) > 0 {
		out = out[d.many(t, out):]
		n := min(lanes, len(out))
		for i := range out[:n] {
			out[i] = d.Get(t)
		}
		out = out[n:]
	}
}

// GetEach reads values, each with its own table. There are as many tables as values.
func (d *Decoder) GetEach(tables []*Table, out []int32) {
	tables = tables[:len(out)]
	for len(out) > 0 {
		n := d.each(tables, out)
		out, tables = out[n:], tables[n:]
		n = min(lanes, len(out))
		for i := range out[:n] {
			out[i] = d.Get(tables[i])
		}
		out, tables = out[n:], tables[n:]
	}
}

// many is GetMany for blocks of four values that are all in the table's range, up to 16 bytes
// before the end of a long stream. It returns how many values it has read. The four lanes are local
// variables, and their calculations do not depend on each other, so the processor does them at
// once.
func (d *Decoder) many(t *Table, out []int32) int {
	if d.mask == 0 || d.err != nil {
		return 0
	}
	records, first, shift := t.records, t.first, t.shift
	data, pos := d.data, d.pos
	x0, x1, x2, x3 := d.load()
	i := 0
	for ; i+lanes <= len(out) && pos+4*lanes <= len(data); i += lanes {
		s0, r0 := find(records, first, shift, uint32(x0&0xffff))
		s1, r1 := find(records, first, shift, uint32(x1&0xffff))
		s2, r2 := find(records, first, shift, uint32(x2&0xffff))
		s3, r3 := find(records, first, shift, uint32(x3&0xffff))
		if max(s0, s1, s2, s3) >= t.values {
			break
		}
		o := out[i : i+lanes : i+lanes]
		o[0], o[1], o[2], o[3] = t.lo+int32(s0), t.lo+int32(s1), t.lo+int32(s2), t.lo+int32(s3)
		x0, pos = next(pop(x0, r0), data, pos)
		x1, pos = next(pop(x1, r1), data, pos)
		x2, pos = next(pop(x2, r2), data, pos)
		x3, pos = next(pop(x3, r3), data, pos)
	}
	d.store(x0, x1, x2, x3)
	d.pos, d.n = pos, d.n+uint(i)
	return i
}

// each is many with a table for each value.
func (d *Decoder) each(tables []*Table, out []int32) int {
	if d.mask == 0 || d.err != nil {
		return 0
	}
	data, pos := d.data, d.pos
	x0, x1, x2, x3 := d.load()
	i := 0
	for ; i+lanes <= len(out) && pos+4*lanes <= len(data); i += lanes {
		t := tables[i : i+lanes : i+lanes]
		t0, t1, t2, t3 := t[0], t[1], t[2], t[3]
		s0, r0 := find(t0.records, t0.first, t0.shift, uint32(x0&0xffff))
		s1, r1 := find(t1.records, t1.first, t1.shift, uint32(x1&0xffff))
		s2, r2 := find(t2.records, t2.first, t2.shift, uint32(x2&0xffff))
		s3, r3 := find(t3.records, t3.first, t3.shift, uint32(x3&0xffff))
		if s0 >= t0.values || s1 >= t1.values || s2 >= t2.values || s3 >= t3.values {
			break
		}
		o := out[i : i+lanes : i+lanes]
		o[0], o[1], o[2], o[3] = t0.lo+int32(s0), t1.lo+int32(s1), t2.lo+int32(s2), t3.lo+int32(s3)
		x0, pos = next(pop(x0, r0), data, pos)
		x1, pos = next(pop(x1, r1), data, pos)
		x2, pos = next(pop(x2, r2), data, pos)
		x3, pos = next(pop(x3, r3), data, pos)
	}
	d.store(x0, x1, x2, x3)
	d.pos, d.n = pos, d.n+uint(i)
	return i
}

// load returns the states, the one of the next operation first.
func (d *Decoder) load() (x0, x1, x2, x3 uint64) {
	return d.x[d.n%lanes], d.x[(d.n+1)%lanes], d.x[(d.n+2)%lanes], d.x[(d.n+3)%lanes]
}

// store is the inverse of load. In between there are only whole blocks of operations.
func (d *Decoder) store(x0, x1, x2, x3 uint64) {
	d.x[d.n%lanes], d.x[(d.n+1)%lanes], d.x[(d.n+2)%lanes], d.x[(d.n+3)%lanes] = x0, x1, x2, x3
}

// next returns a state after it has read a word if it was low, and the position of the next word.
// It has no branch that the processor could mispredict.
func next(x uint64, data []byte, pos int) (uint64, int) {
	y := x<<32 | uint64(binary.LittleEndian.Uint32(data[pos:]))
	p := pos + 4
	if x >= lowState {
		y = x
	}
	if x >= lowState {
		p = pos
	}
	return y, p
}
