package hdf5

// What a B-tree of version 1 indexes (III.A.1).
const (
	groupTree = 0
	chunkTree = 1
)

// tree visits the leaves of a B-tree of version 1 in order: visit gets a cursor at the key before a child,
// and the child's address. axes count for trees of chunks only.
func (p *pass) tree(address uint64, kind, axes int, visit func(key *cursor, child uint64) error) error {
	return p.treeNode(address, kind, axes, -1, visit)
}

func (p *pass) treeNode(address uint64, kind, axes, level int, visit func(key *cursor, child uint64) error) error {
	const what, sign = "node of a B-tree", "TREE"
	prefix := uint64(8 + 2*p.f.sizes.address)
	c, err := p.readSigned(what, sign, address, prefix)
	if err != nil {
		return err
	}
	gotKind, gotLevel, n := c.u8(), c.u8(), c.u16()
	switch {
	case c.err != nil:
		return c.err
	case gotKind != kind || level >= 0 && gotLevel != level:
		return malformed("want a node of a B-tree of type %d, level %d, got type %d, level %d", kind, level, gotKind, gotLevel)
	}
	key := p.f.sizes.length // where the name is in the local heap
	if kind == chunkTree {
		key = 4 + 4 + 8*(axes+1)
	}
	if c, err = p.read(what, address+prefix, uint64(n*(key+p.f.sizes.address))); err != nil {
		return err
	}
	for range n {
		k := p.cursor("key of a B-tree", c.take(uint64(key)))
		child := c.addressOf()
		if gotLevel == 0 {
			err = visit(k, child)
		} else {
			err = p.treeNode(child, kind, axes, gotLevel-1, visit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
