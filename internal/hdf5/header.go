package hdf5

// Types of messages of an object header (IV.A.2).
const (
	msgDataspace     = 0x01
	msgLinkInfo      = 0x02
	msgDatatype      = 0x03
	msgOldFill       = 0x04
	msgFill          = 0x05
	msgLink          = 0x06
	msgExternal      = 0x07
	msgLayout        = 0x08
	msgFilters       = 0x0b
	msgAttribute     = 0x0c
	msgContinuation  = 0x10
	msgSymbolTable   = 0x11
	msgAttributeInfo = 0x15
	msgLast          = 0x17 // the last that this version of the format knows
)

// message is one message of an object header.
type message struct {
	kind, flags int
	body        []byte
}

// header holds the messages of an object: a group, a dataset or a committed datatype.
type header struct {
	address  uint64
	messages []message
}

// find returns the first message of a kind.
func (h *header) find(kind int) (message, bool) {
	for _, m := range h.messages {
		if m.kind == kind {
			return m, true
		}
	}
	return message{}, false
}

// header reads the object header at an address (IV.A.1).
func (p *pass) header(address uint64) (*header, error) {
	const prefix = 16 // bytes, of version 1
	h := &header{address: address}
	if address == undefined || address >= p.f.size {
		return nil, malformed("want an object header inside of the file, which has %d bytes, got one at %d", p.f.size, address)
	}
	c, err := p.read("object header", address, min(4, p.f.size-address))
	if err != nil {
		return nil, err
	}
	if string(c.b) == "OHDR" {
		return h, p.headerV2(h)
	}
	c, err = p.read("object header", address, prefix)
	if err != nil {
		return nil, err
	}
	if v := c.u8(); v != 1 {
		return nil, malformed("want an object header at %d, got bytes that begin with %02x", address, c.b[:4])
	}
	c.skip(1 + 2 + 4) // reserved, number of messages, references
	c, err = p.read("object header", address+prefix, c.u32())
	if err != nil {
		return nil, err
	}
	return h, p.messages(h, c, headerFormat{1, false})
}

// headerFormat says how the messages of a header are written.
type headerFormat struct {
	version int
	ordered bool // the order of creation is in each message
}

// headerV2 reads a header of version 2 (IV.A.1.b).
func (p *pass) headerV2(h *header) error {
	c, err := p.readSigned("object header", "OHDR", h.address, min(4+2+16+4+8, p.f.size-h.address))
	if err != nil {
		return err
	}
	c.version(2)
	flags := c.u8()
	if flags&0x20 != 0 {
		c.skip(4 * 4) // times
	}
	if flags&0x10 != 0 {
		c.skip(2 + 2) // how many attributes are kept in the header
	}
	size := c.uint(1 << (flags & 3))
	prefix := uint64(c.at)
	switch {
	case c.err != nil:
		return c.err
	case size > p.f.size:
		return malformed("want an object header inside of the file, which has %d bytes, got one of %d", p.f.size, size)
	}
	c, err = p.readChecked("object header", "OHDR", h.address, prefix+size+4)
	if err != nil {
		return err
	}
	c.skip(int(prefix) - len("OHDR"))
	return p.messages(h, c, headerFormat{2, flags&4 != 0})
}

// messages reads the messages of a block, and of the blocks where it is continued.
func (p *pass) messages(h *header, c *cursor, format headerFormat) error {
	prefix := 8
	if format.version == 2 {
		prefix = 4
		if format.ordered {
			prefix += 2
		}
	}
	blocks := []*cursor{c}
	for len(blocks) > 0 {
		c, blocks = blocks[0], blocks[1:]
		for c.left() >= prefix {
			m := readMessage(c, format)
			if c.err != nil {
				return c.err
			}
			if m.kind == msgContinuation {
				next, err := p.continuation(m, format)
				if err != nil {
					return err
				}
				blocks = append(blocks, next)
				continue
			}
			if m.kind > msgLast && m.flags&0x80 != 0 {
				return unsupported("a message of type %d in an object header", m.kind)
			}
			h.messages = append(h.messages, m)
		}
	}
	return nil
}

func readMessage(c *cursor, format headerFormat) message {
	var m message
	var size int
	if format.version == 1 {
		m.kind, size, m.flags = c.u16(), c.u16(), c.u8()
		c.skip(3)
	} else {
		m.kind, size, m.flags = c.u8(), c.u16(), c.u8()
		if format.ordered {
			c.skip(2)
		}
	}
	m.body = c.take(uint64(size))
	return m
}

// continuation reads the block that a message points to.
func (p *pass) continuation(m message, format headerFormat) (*cursor, error) {
	c := p.cursor("continuation of an object header", m.body)
	address, length := c.addressOf(), c.lengthOf()
	if c.err != nil {
		return nil, c.err
	}
	if format.version == 1 {
		return p.read(c.what, address, length)
	}
	return p.readChecked(c.what, "OCHK", address, length)
}

// cursor returns a cursor over bytes that were read before.
func (p *pass) cursor(what string, b []byte) *cursor {
	return &cursor{what: what, b: b, sizes: p.f.sizes}
}

// body returns a cursor over the content of a message. A shared message stands for one of the same kind in
// another object header (IV.A.1.c): a committed datatype.
func (p *pass) body(what string, m message) (*cursor, error) {
	if m.flags&2 == 0 {
		return p.cursor(what, m.body), nil
	}
	return p.shared(what, m.kind, p.cursor("shared "+what, m.body))
}

func (p *pass) shared(what string, kind int, c *cursor) (*cursor, error) {
	version, where := c.version(1, 2, 3), c.u8()
	if version == 1 {
		c.skip(6)
	}
	if version == 3 && where != 2 && c.err == nil {
		return nil, unsupported("a %s in the table of shared messages", what)
	}
	address := c.addressOf()
	if c.err != nil {
		return nil, c.err
	}
	h, err := p.header(address)
	if err != nil {
		return nil, err
	}
	m, ok := h.find(kind)
	if !ok || m.flags&2 != 0 {
		return nil, malformed("want a %s in the object header at %d, where a shared one points", what, address)
	}
	return p.cursor(what, m.body), nil
}
