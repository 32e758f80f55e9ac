package hdf5

import "math/bits"

// entryVisitor gets the entries of an array of chunks by their numbers: an address, and a size and a mask if
// the chunks are filtered.
type entryVisitor func(i uint64, filtered bool, entry *cursor) error

// arrayHeader is what the headers of fixed and extensible arrays have in common.
type arrayHeader struct {
	filtered bool
	entry    uint64 // bytes
}

// arrayHeader reads the beginning of a header, after the signature.
func (c *cursor) arrayHeader() (arrayHeader, error) {
	c.version(0)
	client, entry := c.u8(), c.u8()
	h := arrayHeader{client == 1, uint64(entry)}
	least, most := c.address, c.address
	if h.filtered {
		least, most = c.address+1+4, c.address+8+4
	}
	if c.err == nil && (client > 1 || entry < least || entry > most) {
		return h, malformed("want entries of %d to %d bytes in the %s, got %d of client %d", least, most, c.what, entry, client)
	}
	return h, c.err
}

// entries visits n entries that begin with a number.
func (h *arrayHeader) entries(p *pass, c *cursor, first, n uint64, visit entryVisitor) error {
	for i := range n {
		b := c.take(h.entry)
		if c.err != nil {
			return c.err
		}
		if err := visit(first+i, h.filtered, p.cursor("entry of a chunk", b)); err != nil {
			return err
		}
	}
	return nil
}

// bytes returns the bytes of n entries, or more than the file has.
func (h *arrayHeader) bytes(p *pass, n uint64) uint64 {
	if n > p.f.size {
		return p.f.size + 1
	}
	return n * h.entry
}

// fixedArray visits the entries of a fixed array (VII.C).
func (p *pass) fixedArray(address uint64, visit entryVisitor) error {
	length, addressSize := uint64(p.f.sizes.length), uint64(p.f.sizes.address)
	c, err := p.readChecked("fixed array", "FAHD", address, 4+4+length+addressSize+4)
	if err != nil {
		return err
	}
	h, err := c.arrayHeader()
	if err != nil {
		return err
	}
	pageBits, n, block := c.u8(), c.lengthOf(), c.addressOf()
	switch {
	case c.err != nil || block == undefined:
		return c.err
	case pageBits > 62 || h.bytes(p, n) > p.f.size:
		return malformed("want a fixed array inside of the file, got one of %d entries in pages of 2^%d", n, pageBits)
	}
	prefix := 4 + 2 + addressSize
	page := uint64(1) << pageBits
	if n <= page {
		if c, err = p.readChecked("block of a fixed array", "FADB", block, prefix+n*h.entry+4); err != nil {
			return err
		}
		c.skip(2 + p.f.sizes.address)
		return h.entries(p, c, 0, n, visit)
	}
	pages := (n + page - 1) / page
	if c, err = p.readChecked("block of a fixed array", "FADB", block, prefix+(pages+7)/8+4); err != nil {
		return err
	}
	c.skip(2 + p.f.sizes.address)
	return h.pages(p, c.take((pages+7)/8), 0, block+prefix+(pages+7)/8+4, page, 0, n, visit)
}

// pages visits n entries in pages of page entries each that begin at an address. Those were written that have
// a bit in used, the first of which is that of number bit.
func (h *arrayHeader) pages(p *pass, used []byte, bit, address, page, first, n uint64, visit entryVisitor) error {
	for n > 0 {
		k := min(page, n)
		if used[bit/8]&(0x80>>(bit%8)) != 0 {
			c, err := p.readChecked("page of an array", "", address, k*h.entry+4)
			if err != nil {
				return err
			}
			if err := h.entries(p, c, first, k, visit); err != nil {
				return err
			}
		}
		bit, address, first, n = bit+1, address+k*h.entry+4, first+k, n-k
	}
	return nil
}

// extensibleArray is the header of an extensible array (VII.D).
type extensibleArray struct {
	arrayHeader
	pass       *pass
	visit      entryVisitor
	offsetSize uint64 // bytes of a block's offset
	inIndex    uint64 // entries in the index block
	least      uint64 // entries of the smallest data block
	leastBits  int    // its logarithm
	pointers   int    // data blocks of the first super block that is in the file
	page       uint64 // entries of a page
	supers     int    // super blocks, those included that are not in the file
	index      uint64 // address of the index block
}

func (p *pass) extensibleArray(address uint64, visit entryVisitor) error {
	c, err := p.readChecked("extensible array", "EAHD", address, uint64(4+8+6*p.f.sizes.length+p.f.sizes.address+4))
	if err != nil {
		return err
	}
	a := extensibleArray{pass: p, visit: visit}
	if a.arrayHeader, err = c.arrayHeader(); err != nil {
		return err
	}
	maxBits, inIndex, least, pointers, pageBits := c.u8(), c.u8(), c.u8(), c.u8(), c.u8()
	c.skip(6 * c.length) // statistics
	a.index = c.addressOf()
	power := func(n int) bool { return n > 0 && n&(n-1) == 0 }
	switch {
	case c.err != nil || a.index == undefined:
		return c.err
	case maxBits > 64 || pageBits > 32 || !power(least) || !power(pointers) || bits.Len(uint(least))-1 > maxBits:
		return malformed("want an extensible array with powers of 2 as sizes, got 2^%d entries, %d, %d, 2^%d", maxBits, least, pointers, pageBits)
	}
	a.offsetSize = uint64(maxBits+7) / 8
	a.inIndex, a.least, a.leastBits, a.pointers, a.page = uint64(inIndex), uint64(least), bits.Len(uint(least))-1, pointers, 1<<pageBits
	a.supers = 1 + maxBits - a.leastBits
	return a.indexBlock()
}

// super returns how many data blocks a super block has, and how many entries each of them has.
func (a *extensibleArray) super(i int) (blocks, entries uint64) {
	return 1 << (i / 2), a.least << ((i + 1) / 2)
}

// indexBlock visits the entries in the index block, and those of the blocks that it points to. The data
// blocks of the first super blocks are in it directly.
func (a *extensibleArray) indexBlock() error {
	p := a.pass
	direct := min(2*(bits.Len(uint(a.pointers))-1), a.supers) // super blocks whose data blocks are in the index block
	blocks := uint64(2 * (a.pointers - 1))
	size := uint64(4+2+p.f.sizes.address) + a.inIndex*a.entry + (blocks+uint64(a.supers-direct))*uint64(p.f.sizes.address) + 4
	c, err := p.readChecked("index block of an extensible array", "EAIB", a.index, size)
	if err != nil {
		return err
	}
	c.skip(2 + p.f.sizes.address)
	if err := a.entries(p, c, 0, a.inIndex, a.visit); err != nil {
		return err
	}
	first := a.inIndex
	for i := range direct {
		blocks, entries := a.super(i)
		for range blocks {
			if err := a.dataBlock(c.addressOf(), nil, 0, first, entries); err != nil {
				return err
			}
			first += entries
		}
	}
	for i := direct; i < a.supers; i++ {
		if err := a.superBlock(c.addressOf(), i, first); err != nil {
			return err
		}
		blocks, entries := a.super(i)
		first += blocks * entries
	}
	return c.err
}

// superBlock visits the entries of a super block.
func (a *extensibleArray) superBlock(address uint64, i int, first uint64) error {
	if address == undefined {
		return nil
	}
	p := a.pass
	blocks, entries := a.super(i)
	var pages, used uint64 // pages of a data block, and bytes that say for all which were written
	if entries > a.page {
		pages = entries / a.page
		used = blocks * ((pages + 7) / 8)
	}
	prefix := uint64(4+2+p.f.sizes.address) + a.offsetSize
	if blocks > p.f.size || used > p.f.size {
		return malformed("want a super block of an extensible array inside of the file, got %d blocks", blocks)
	}
	c, err := p.readChecked("super block of an extensible array", "EASB", address, prefix+used+blocks*uint64(p.f.sizes.address)+4)
	if err != nil {
		return err
	}
	c.skip(int(prefix) - 4)
	bitmap := c.take(used)
	for b := range blocks {
		if err := a.dataBlock(c.addressOf(), bitmap, b*pages, first, entries); err != nil {
			return err
		}
		first += entries
	}
	return c.err
}

// dataBlock visits the entries of a data block. Those of large blocks are in pages.
func (a *extensibleArray) dataBlock(address uint64, used []byte, bit, first, n uint64) error {
	if address == undefined {
		return nil
	}
	const what, sign = "block of an extensible array", "EADB"
	p := a.pass
	prefix := uint64(4+2+p.f.sizes.address) + a.offsetSize
	if a.bytes(p, n) > p.f.size {
		return malformed("want a %s inside of the file, got one of %d entries", what, n)
	}
	if n > a.page && used == nil {
		return malformed("want a %s without pages, got one of %d entries", what, n)
	}
	if n > a.page {
		if _, err := p.readChecked(what, sign, address, prefix+4); err != nil {
			return err
		}
		return a.pages(p, used, bit, address+prefix+4, a.page, first, n, a.visit)
	}
	c, err := p.readChecked(what, sign, address, prefix+n*a.entry+4)
	if err != nil {
		return err
	}
	c.skip(int(prefix) - 4)
	return a.entries(p, c, first, n, a.visit)
}
