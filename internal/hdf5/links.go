package hdf5

import (
	"bytes"

	"github.com/pkg/errors"
)

// links calls visit for each link of a group, and says if they have their order of creation.
func (h *header) links(p *pass, visit func(link)) (ordered bool, err error) {
	for _, m := range h.messages {
		switch m.kind {
		case msgSymbolTable:
			if err := p.symbolTable(m.body, visit); err != nil {
				return false, errors.WithMessage(err, "links")
			}
		case msgLink:
			l, err := p.link(m.body)
			if err != nil {
				return false, err
			}
			visit(l)
		case msgLinkInfo:
			var err error
			if ordered, err = p.linkInfo(m.body, visit); err != nil {
				return false, errors.WithMessage(err, "links")
			}
		}
	}
	return ordered, nil
}

// linkInfo reads where the links are that are not in the header (IV.A.2.c), and visits them.
func (p *pass) linkInfo(body []byte, visit func(link)) (ordered bool, err error) {
	c := p.cursor("link info", body)
	c.version(0)
	flags := c.u8()
	if flags&1 != 0 {
		c.skip(8) // the highest order of creation
	}
	heap, names := c.addressOf(), c.addressOf()
	if c.err != nil || heap == undefined {
		return flags&1 != 0, c.err
	}
	return flags&1 != 0, p.denseLinks(heap, names, visit)
}

// link reads a link message (IV.A.2.g).
func (p *pass) link(body []byte) (link, error) {
	c := p.cursor("link", body)
	c.version(1)
	flags := c.u8()
	var l link
	if flags&8 != 0 {
		l.kind = c.u8()
	}
	if flags&4 != 0 {
		l.order = c.uint(8)
	}
	if flags&16 != 0 {
		c.skip(1) // UTF-8 or ASCII, which is UTF-8
	}
	l.name = string(c.take(c.uint(1 << (flags & 3))))
	if l.kind == hardLink {
		l.address = c.addressOf()
	}
	return l, c.err
}

// symbolTable visits the links of a group in the old format: a B-tree of nodes whose entries have their
// names in a local heap (IV.A.2.r).
func (p *pass) symbolTable(body []byte, visit func(link)) error {
	c := p.cursor("symbol table", body)
	tree, heap := c.addressOf(), c.addressOf()
	if c.err != nil {
		return c.err
	}
	names, err := p.localHeap(heap)
	if err != nil {
		return err
	}
	left := len(names) // bytes of names; those of a valid file do not overlap
	name := func(at uint64) (string, error) {
		if at >= uint64(len(names)) {
			return "", malformed("want a name inside of the local heap of %d bytes, got one at %d", len(names), at)
		}
		s, _, ok := bytes.Cut(names[at:], []byte{0})
		if left -= len(s) + 1; !ok || left < 0 {
			return "", malformed("names in the local heap overlap or do not end")
		}
		return string(s), nil
	}
	return p.tree(tree, groupTree, 0, func(_ *cursor, child uint64) error {
		return p.symbolNode(child, name, visit)
	})
}

// localHeap returns the data of a local heap (III.D).
func (p *pass) localHeap(address uint64) ([]byte, error) {
	c, err := p.readSigned("local heap", "HEAP", address, uint64(8+2*p.f.sizes.length+p.f.sizes.address))
	if err != nil {
		return nil, err
	}
	c.version(0)
	c.skip(3)
	size := c.lengthOf()
	c.lengthOf() // free space
	data := c.addressOf()
	if c.err != nil {
		return nil, c.err
	}
	return p.bytes("data of the local heap", data, size)
}

// symbolNode visits the links of a node (III.B, III.C).
func (p *pass) symbolNode(address uint64, name func(uint64) (string, error), visit func(link)) error {
	const what, sign, prefix = "symbol table node", "SNOD", 8
	c, err := p.readSigned(what, sign, address, prefix)
	if err != nil {
		return err
	}
	c.version(1)
	c.skip(1)
	n := c.u16()
	if c.err != nil {
		return c.err
	}
	entry := uint64(p.f.sizes.length + p.f.sizes.address + 8 + 16) // the specification has two addresses; the library has a length first
	if c, err = p.read(what, address+prefix, uint64(n)*entry); err != nil {
		return err
	}
	for range n {
		var l link
		at := c.lengthOf()
		l.address = c.addressOf()
		if cached := c.u32(); cached == 2 {
			l.kind = softLink
		}
		c.skip(4 + 16)
		if c.err != nil {
			return c.err
		}
		if l.name, err = name(at); err != nil {
			return err
		}
		visit(l)
	}
	return nil
}
