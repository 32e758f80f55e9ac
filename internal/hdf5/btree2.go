package hdf5

import "math/bits"

// Types of the records of a B-tree of version 2 (III.A.2).
const (
	hugeRecords      = 1
	linkRecords      = 5
	attributeRecords = 8
	chunkRecords     = 10
	filteredRecords  = 11
)

// tree2 is the header of a B-tree of version 2.
type tree2 struct {
	pass       *pass
	kind       int
	nodeSize   uint64
	recordSize uint64
	visit      func(record *cursor) error
	levels     []tree2Level // from the leaves up
}

// tree2Level says how the nodes of a level are written.
type tree2Level struct {
	most    uint64 // records of a node
	all     uint64 // records of a node and those below it
	allSize int    // bytes of a number up to all
}

// bytesFor returns how many bytes a number up to n takes.
func bytesFor(n uint64) int { return max(1, (bits.Len64(n)+7)/8) }

// tree2 visits the records of a B-tree of version 2 in order.
func (p *pass) tree2(address uint64, kind int, visit func(record *cursor) error) error {
	if address == undefined {
		return nil
	}
	c, err := p.readChecked("B-tree", "BTHD", address, uint64(4+2+4+2+2+2+p.f.sizes.address+2+p.f.sizes.length+4))
	if err != nil {
		return err
	}
	c.version(0)
	gotKind := c.u8()
	t := &tree2{pass: p, kind: kind, nodeSize: c.u32(), recordSize: uint64(c.u16()), visit: visit}
	depth := c.u16()
	c.skip(2) // when nodes are split and merged
	root, n := c.addressOf(), uint64(c.u16())
	switch {
	case c.err != nil:
		return c.err
	case gotKind != kind:
		return malformed("want a B-tree with records of type %d, got type %d", kind, gotKind)
	case root == undefined || n == 0:
		return nil
	}
	if err := t.measure(depth); err != nil {
		return err
	}
	return t.node(root, n, depth)
}

const nodeFrame = 4 + 1 + 1 + 4 // bytes of a node without records: signature, version, type, checksum

// measure computes how the nodes of each level are written.
func (t *tree2) measure(depth int) error {
	const most = 16 // more would hold more records than any file
	fault := malformed("want a B-tree of at most %d levels with records in its nodes, got %d levels, nodes of %d bytes and records of %d",
		most, depth, t.nodeSize, t.recordSize)
	if t.recordSize == 0 || depth > most || t.nodeSize < nodeFrame+t.recordSize {
		return fault
	}
	n := (t.nodeSize - nodeFrame) / t.recordSize
	t.levels = append(t.levels, tree2Level{most: n, all: n})
	for i := 1; i <= depth; i++ {
		pointer := t.pointerSize(i)
		if t.nodeSize < nodeFrame+2*pointer+t.recordSize {
			return fault
		}
		n := (t.nodeSize - nodeFrame - pointer) / (t.recordSize + pointer)
		below := t.levels[i-1].all
		high, all := bits.Mul64(n+1, below)
		if high != 0 || all+n < all {
			return fault
		}
		t.levels = append(t.levels, tree2Level{n, all + n, bytesFor(all + n)})
	}
	return nil
}

// pointerSize returns the bytes of a pointer in a node of a level to a node below it.
func (t *tree2) pointerSize(level int) uint64 {
	return uint64(t.pass.f.sizes.address + bytesFor(t.levels[0].most) + t.levels[level-1].allSize)
}

// node visits the records of a node and of those below it.
func (t *tree2) node(address, n uint64, level int) error {
	if most := t.levels[level].most; n > most {
		return malformed("want at most %d records in a node of a B-tree, got %d", most, n)
	}
	sign, size := "BTLF", nodeFrame+n*t.recordSize
	if level > 0 {
		sign, size = "BTIN", size+(n+1)*t.pointerSize(level)
	}
	c, err := t.pass.readChecked("node of a B-tree", sign, address, size)
	if err != nil {
		return err
	}
	c.version(0)
	if kind := c.u8(); kind != t.kind && c.err == nil {
		return malformed("want a node with records of type %d, got type %d", t.kind, kind)
	}
	records := t.pass.cursor("records of a B-tree", c.take(n*t.recordSize))
	for i := range n + 1 {
		if level > 0 {
			child, below := c.addressOf(), c.uint(bytesFor(t.levels[0].most))
			c.uint(t.levels[level-1].allSize)
			if c.err != nil {
				return c.err
			}
			if err := t.node(child, below, level-1); err != nil {
				return err
			}
		}
		if i == n {
			break
		}
		if err := t.visit(t.pass.cursor("record of a B-tree", records.take(t.recordSize))); err != nil {
			return err
		}
	}
	return c.err
}

// tree2 adds the chunks of a B-tree of version 2.
func (r *chunkReader) tree2(address uint64) error {
	kind := chunkRecords
	if len(r.filters) > 0 {
		kind = filteredRecords
	}
	return r.p.tree2(address, kind, func(record *cursor) error {
		c := chunk{address: record.addressOf(), scaled: make([]uint64, len(r.layout.chunk))}
		if kind == filteredRecords {
			width := record.left() - 4 - 8*len(c.scaled)
			if width < 1 || width > 8 {
				return malformed("want the size of a chunk in 1 to 8 bytes, got %d", width)
			}
			c.size, c.mask = record.uint(width), record.u32()
		}
		for i := range c.scaled {
			c.scaled[i] = record.uint(8)
		}
		if record.err != nil {
			return record.err
		}
		return r.add(c)
	})
}
