package hdf5

import "bytes"

// Classes of layouts (IV.A.2.i).
const (
	compact    = 0 // in the object header
	contiguous = 1
	chunked    = 2
)

// layout says where the values of a dataset are.
type layout struct {
	class   int
	data    []byte // compact
	address uint64 // contiguous: of the values; chunked: of the index
	size    uint64 // contiguous
}

// layout reads the message of a dataset with so many axes.
func (c *cursor) layout(axes int) (layout, error) {
	version := c.u8()
	if c.err == nil && version < 3 {
		return layout{}, unsupported("a layout of version %d, which HDF5 wrote before 1.6.3", version)
	}
	l := layout{class: c.u8()}
	switch {
	case c.err != nil:
		return l, c.err
	case version > 4:
		return l, unsupported("a layout of version %d", version)
	case l.class == compact:
		l.data = c.take(uint64(c.u16()))
	case l.class == contiguous:
		l.address, l.size = c.addressOf(), c.lengthOf()
	case l.class == chunked:
		return l, unsupported("chunks")
	case l.class == 3:
		return l, unsupported("a virtual dataset, whose values are in others")
	default:
		return l, malformed("want a layout of class 0 to 3, got %d", l.class)
	}
	return l, c.err
}

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
		return nil, nil
	}
	c, err := p.body("fill value", m)
	if err != nil {
		return nil, err
	}
	version := c.version(1, 2, 3)
	var defined bool
	if version == 3 {
		defined = c.u8()&0x20 != 0
	} else {
		c.skip(2) // when it is written
		defined = c.u8() != 0
	}
	var value []byte
	if version == 1 || defined {
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
