package hdf5

import "math/bits"

// fractalHeap holds objects of any length (III.G), which are messages here: links and attributes.
type fractalHeap struct {
	pass       *pass
	maxManaged uint64 // bytes of an object in the heap's blocks
	idLength   int
	hugeTree   uint64            // address of the B-tree of the objects that are outside of the blocks
	huge       map[uint64]extent // what that tree has, once it was read
	width      uint64            // blocks of a row
	start      uint64            // bytes of the blocks of the first two rows; those of each further row are twice as large
	maxDirect  uint64            // bytes of the largest block that has objects; larger ones have blocks
	offsetSize int               // bytes of an offset in the heap
	lengthSize int               // bytes of an object's length
	checked    bool              // blocks have checksums
	root       uint64            // address
	rows       uint64            // of the root, 0 if it has objects itself
	blocks     map[uint64][]byte // those that were read
}

// extent is where an object is that is outside of the blocks.
type extent struct{ address, length uint64 }

// fractalHeap reads the header of a fractal heap.
func (p *pass) fractalHeap(address uint64) (*fractalHeap, error) {
	size := uint64(4 + 1 + 2 + 2 + 1 + 4 + 12*p.f.sizes.length + 3*p.f.sizes.address + 2 + 2 + 2 + 2 + 4)
	c, err := p.readSigned("fractal heap", "FRHP", address, size)
	if err != nil {
		return nil, err
	}
	c.version(0)
	h := &fractalHeap{pass: p, idLength: c.u16(), blocks: map[uint64][]byte{}}
	if filters := c.u16(); filters != 0 && c.err == nil {
		return nil, unsupported("a fractal heap with filters")
	}
	if err := c.checksum(p.f.unchecked); err != nil {
		return nil, err
	}
	h.checked = c.u8()&2 != 0
	h.maxManaged = c.u32()
	c.lengthOf() // next number of an object outside of the blocks
	h.hugeTree = c.addressOf()
	c.lengthOf() // free space
	c.addressOf()
	c.skip(8 * c.length) // statistics
	h.width, h.start, h.maxDirect = uint64(c.u16()), c.lengthOf(), c.lengthOf()
	maxBits := c.u16()
	c.skip(2) // rows of a new root
	h.root, h.rows = c.addressOf(), uint64(c.u16())
	power := func(n uint64) bool { return bits.OnesCount64(n) == 1 }
	switch {
	case c.err != nil:
		return nil, c.err
	case maxBits == 0 || maxBits > 64 || !power(h.width) || !power(h.start) || !power(h.maxDirect) || h.start > h.maxDirect || h.maxDirect > 1<<31:
		return nil, malformed("want a fractal heap with powers of 2 as sizes, got rows of %d blocks of %d to %d bytes in 2^%d", h.width, h.start, h.maxDirect, maxBits)
	}
	h.offsetSize = (maxBits + 7) / 8
	h.lengthSize = min((bits.Len64(h.maxDirect-1)+7)/8, bytesFor(h.maxManaged))
	return h, nil
}

// object returns the object of an identifier.
func (h *fractalHeap) object(id []byte) ([]byte, error) {
	c := h.pass.cursor("identifier in a fractal heap", id)
	flags := c.u8()
	if flags>>6 != 0 {
		return nil, malformed("want an identifier of version 0 in a fractal heap, got %d", flags>>6)
	}
	const managed, huge, tiny = 0, 1, 2
	switch flags >> 4 & 3 {
	case managed:
		offset, length := c.uint(h.offsetSize), c.uint(h.lengthSize)
		if c.err != nil {
			return nil, c.err
		}
		return h.managed(offset, length)
	case huge:
		return h.hugeObject(c)
	case tiny:
		length := uint64(flags&15) + 1
		if h.idLength > 18 {
			length = uint64(flags&15)<<8 + uint64(c.u8()) + 1
		}
		return c.take(length), c.err
	}
	return nil, malformed("want an object of type 0, 1 or 2 in a fractal heap, got 3")
}

// rowSize returns the bytes of a block of a row.
func (h *fractalHeap) rowSize(row uint64) uint64 { return h.start << (max(row, 1) - 1) }

// log returns the logarithm of a power of 2.
func log(n uint64) uint64 { return uint64(bits.Len64(n) - 1) }

// directRows returns how many rows have blocks with objects.
func (h *fractalHeap) directRows() uint64 { return log(h.maxDirect) - log(h.start) + 2 }

// managed finds an object in the blocks, from the root down.
func (h *fractalHeap) managed(offset, length uint64) ([]byte, error) {
	address, rows, first, size := h.root, h.rows, uint64(0), h.start
	for rows > 0 {
		row, column, err := h.position(offset-first, rows)
		if err != nil {
			return nil, err
		}
		if address, err = h.child(address, rows, row*h.width+column); err != nil {
			return nil, err
		}
		size = h.rowSize(row)
		first += column * size
		if row > 0 {
			first += h.width * h.start << (row - 1)
		}
		if rows = 0; row >= h.directRows() {
			if size < h.start*h.width {
				return nil, malformed("want a fractal heap with rows in its blocks, got one of %d bytes in rows of %d", size, h.start*h.width)
			}
			rows = log(size) - log(h.start*h.width) + 1
		}
	}
	block, err := h.directBlock(address, size)
	if err != nil {
		return nil, err
	}
	at := offset - first
	if at > size || length > size-at {
		return nil, malformed("want an object inside of a block of %d bytes of a fractal heap, got %d bytes at %d", size, length, at)
	}
	// Objects of a valid heap do not overlap. Those of a hostile one may all be the same long object.
	return block[at : at+length], h.pass.charge(length)
}

// position returns the row and the column of the block in which an offset is, from the beginning of an
// indirect block.
func (h *fractalHeap) position(offset, rows uint64) (row, column uint64, err error) {
	if n := offset / (h.width * h.start); n > 0 {
		row = log(n) + 1 // each row has as many bytes as all before it
		offset -= h.width * h.start << (row - 1)
	}
	if row >= rows {
		return 0, 0, malformed("want an object in the %d rows of a fractal heap, got one in row %d", rows, row)
	}
	return row, offset / h.rowSize(row), nil
}

// child returns an address in the indirect block of so many rows.
func (h *fractalHeap) child(block, rows, i uint64) (uint64, error) {
	addressSize := uint64(h.pass.f.sizes.address)
	prefix := 4 + 1 + addressSize + uint64(h.offsetSize)
	b, ok := h.blocks[block]
	if !ok {
		c, err := h.pass.readChecked("indirect block of a fractal heap", "FHIB", block, prefix+rows*h.width*addressSize+4)
		if err != nil {
			return 0, err
		}
		b = c.b
		h.blocks[block] = b
	}
	c := h.pass.cursor("indirect block of a fractal heap", b)
	c.take(prefix + i*addressSize)
	return c.addressOf(), c.err
}

// directBlock returns a block that has objects, with its frame, which counts in their offsets.
func (h *fractalHeap) directBlock(address, size uint64) ([]byte, error) {
	if b, ok := h.blocks[address]; ok && uint64(len(b)) == size {
		return b, nil
	}
	c, err := h.pass.readSigned("block of a fractal heap", "FHDB", address, size)
	if err != nil {
		return nil, err
	}
	c.version(0)
	c.addressOf()
	c.uint(h.offsetSize)
	if h.checked {
		at := c.at
		want := c.u32()
		if c.err == nil {
			clear(c.b[at:c.at]) // as it was when the checksum was computed
			if got := lookup3(c.b); uint64(got) != want && !h.pass.f.unchecked {
				return nil, malformed("a %s is damaged: its checksum is %08x, want %08x", c.what, got, want)
			}
		}
	}
	h.blocks[address] = c.b
	return c.b, c.err
}

// hugeObject returns an object that is outside of the blocks. Its identifier is where it is, if that fits,
// and otherwise a number in a B-tree.
func (h *fractalHeap) hugeObject(id *cursor) ([]byte, error) {
	var e extent
	if id.address+id.length <= h.idLength-1 {
		e = extent{id.addressOf(), id.lengthOf()}
	} else {
		if h.huge == nil {
			h.huge = map[uint64]extent{}
			err := h.pass.tree2(h.hugeTree, hugeRecords, func(r *cursor) error {
				e := extent{r.addressOf(), r.lengthOf()}
				h.huge[r.lengthOf()] = e
				return r.err
			})
			if err != nil {
				return nil, err
			}
		}
		number := id.uint(min(h.idLength-1, id.length))
		var ok bool
		if e, ok = h.huge[number]; !ok && id.err == nil {
			return nil, malformed("want object %d outside of the blocks of a fractal heap, got none", number)
		}
	}
	if id.err != nil {
		return nil, id.err
	}
	return h.pass.bytes("object of a fractal heap", e.address, e.length)
}
