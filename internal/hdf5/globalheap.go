package hdf5

import "bytes"

// heaps are the global heap's collections that a pass has read (III.E), by their addresses. They hold the
// strings of variable length, by their index.
type heaps struct {
	pass *pass
	read map[uint64]map[int][]byte
}

// text returns the string that a value in place stands for: its length, the collection, and the index.
func (h *heaps) text(inPlace []byte) (string, error) {
	c := h.pass.cursor("string of variable length", inPlace)
	length, address, index := c.u32(), c.addressOf(), int(c.u32())
	if c.err != nil || length == 0 || address == undefined || address == 0 {
		return "", c.err
	}
	objects, ok := h.read[address]
	if !ok {
		var err error
		if objects, err = h.pass.collection(address); err != nil {
			return "", err
		}
		h.read[address] = objects
	}
	b, ok := objects[index]
	if !ok || length > uint64(len(b)) {
		return "", malformed("want a string of %d bytes as object %d of the global heap at %d, got %d bytes", length, index, address, len(b))
	}
	// Strings of a valid file are objects of their own. Those of a hostile one may all be the same long object.
	if err := h.pass.charge(length); err != nil {
		return "", err
	}
	b, _, _ = bytes.Cut(b[:length], []byte{0})
	return string(b), nil
}

// collection reads a collection of the global heap.
func (p *pass) collection(address uint64) (map[int][]byte, error) {
	const what, sign = "global heap", "GCOL"
	prefix := uint64(8 + p.f.sizes.length)
	c, err := p.readSigned(what, sign, address, prefix)
	if err != nil {
		return nil, err
	}
	c.version(1)
	c.skip(3)
	size := c.lengthOf()
	switch {
	case c.err != nil:
		return nil, c.err
	case size < prefix || size > p.f.size:
		return nil, malformed("want a collection of the global heap inside of the file, which has %d bytes, got one of %d", p.f.size, size)
	}
	if c, err = p.read(what, address, size); err != nil {
		return nil, err
	}
	c.skip(int(prefix))
	c.align(8)
	objects := map[int][]byte{}
	for c.left() >= 8+c.length {
		index := c.u16()
		c.skip(2 + 4) // references, reserved
		length := c.lengthOf()
		if index == 0 {
			break // the free space, which is last
		}
		c.align(8)
		objects[index] = c.take(length)
		c.align(8)
		if c.err != nil {
			return nil, c.err
		}
	}
	return objects, nil
}
