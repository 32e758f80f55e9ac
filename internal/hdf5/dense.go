package hdf5

import "github.com/pkg/errors"

// denseLinks visits the links of a group that are in a fractal heap, where a B-tree of their names finds them.
func (p *pass) denseLinks(heap, names uint64, visit func(link)) error {
	h, err := p.fractalHeap(heap)
	if err != nil {
		return err
	}
	return p.tree2(names, linkRecords, func(record *cursor) error {
		record.skip(4) // the hash of the name
		body, err := h.record(record, h.idLength)
		if err != nil {
			return err
		}
		l, err := p.link(body)
		if err != nil {
			return err
		}
		visit(l)
		return nil
	})
}

// record returns the object whose identifier of so many bytes is next in a record.
func (h *fractalHeap) record(record *cursor, length int) ([]byte, error) {
	id := record.take(uint64(length))
	if record.err != nil {
		return nil, record.err
	}
	return h.object(id)
}

// denseAttributes visits the attributes of an object that are in a fractal heap (IV.A.2.v), or the one that
// is wanted.
func (p *pass) denseAttributes(body []byte, want *string, visit func(attribute)) error {
	c := p.cursor("attribute info", body)
	c.version(0)
	flags := c.u8()
	if flags&1 != 0 {
		c.skip(2) // the highest order of creation
	}
	heap, names := c.addressOf(), c.addressOf()
	if c.err != nil || heap == undefined {
		return c.err
	}
	h, err := p.fractalHeap(heap)
	if err != nil {
		return errors.WithMessage(err, "attributes")
	}
	return p.tree2(names, attributeRecords, func(record *cursor) error {
		const rest = 1 + 4 + 4 // flags, order of creation, hash
		tail := p.cursor("record of an attribute", record.b[min(len(record.b), max(0, len(record.b)-rest)):])
		flags := tail.u8()
		tail.skip(4)
		if hash := tail.u32(); tail.err != nil || want != nil && hash != uint64(lookup3([]byte(*want))) {
			return tail.err
		}
		if flags&2 != 0 {
			return unsupported("attributes in the table of shared messages")
		}
		object, err := h.record(record, len(record.b)-rest)
		if err != nil {
			return err
		}
		return p.attribute(object, want, visit)
	})
}
