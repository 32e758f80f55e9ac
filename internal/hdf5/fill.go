package hdf5

import "bytes"

// fill returns the bytes of values that were never written.
func (d *Dataset) fill(p *pass, size uint64) ([]byte, error) {
	value, err := d.fillValue(p)
	if err != nil || value == nil {
		return make([]byte, size), err
	}
	return bytes.Repeat(value, int(size/d.typ.size)), nil
}

// fillValue returns what values are that were never written, nil for zeros (IV.A.2.e, IV.A.2.f).
func (d *Dataset) fillValue(p *pass) ([]byte, error) {
	m, ok := d.header.find(msgFill)
	if !ok {
		m, ok = d.header.find(msgOldFill)
	}
	if !ok {
		return nil, nil
	}
	c, err := p.body("fill value", m)
	if err != nil {
		return nil, err
	}
	defined := true
	if m.kind == msgFill {
		if version := c.version(1, 2, 3); version == 3 {
			defined = c.u8()&0x20 != 0
		} else {
			c.skip(2) // when it is written
			defined = c.u8() != 0 || version == 1
		}
	}
	var value []byte
	if defined {
		value = c.take(c.u32())
	}
	switch {
	case c.err != nil || len(value) == 0:
		return nil, c.err
	case uint64(len(value)) != d.typ.size:
		return nil, malformed("want a fill value of %d bytes, got %d", d.typ.size, len(value))
	}
	return value, nil
}
