package hdf5

import (
	"slices"

	"github.com/pkg/errors"
)

// object is what groups and datasets have in common.
type object struct {
	f      *File
	path   string // from the root, for errors
	header *header
}

// Path returns where the object was found, such as "/layers/dense".
func (o *object) Path() string { return o.path }

// attribute is an attribute as it is in the file (IV.A.2.m).
type attribute struct {
	name  string
	typ   datatype
	space dataspace
	raw   []byte
}

// Attr returns the value of an attribute. The error wraps [ErrNotExist] if there is none of this name.
func (o *object) Attr(name string) (Value, error) {
	p := o.f.newPass()
	var found *attribute
	err := p.attributes(o.header, &name, func(a attribute) { found = &a })
	if err == nil && found == nil {
		err = ErrNotExist
	}
	if err != nil {
		return Value{}, errors.Wrapf(err, "%s: attribute %.60q", o.path, name)
	}
	return Value{o.f, found.typ, found.space, found.raw}, nil
}

// AttrNames returns the names of the attributes, sorted.
func (o *object) AttrNames() ([]string, error) {
	var names []string
	err := o.f.newPass().attributes(o.header, nil, func(a attribute) { names = append(names, a.name) })
	slices.Sort(names)
	return names, errors.WithMessagef(err, "%s: attributes", o.path)
}

// attributes calls visit for each attribute of an object, or for the one that is wanted.
func (p *pass) attributes(h *header, want *string, visit func(attribute)) error {
	for _, m := range h.messages {
		switch m.kind {
		case msgAttribute:
			if m.flags&2 != 0 {
				return unsupported("attributes in the table of shared messages")
			}
			if err := p.attribute(m.body, want, visit); err != nil {
				return err
			}
		case msgAttributeInfo:
			if err := p.denseAttributes(m.body, want, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// attribute calls visit for the attribute in a message, if it is wanted.
func (p *pass) attribute(body []byte, want *string, visit func(attribute)) error {
	c := p.cursor("attribute", body)
	version, flags := c.version(1, 2, 3), c.u8()
	nameSize, typeSize, spaceSize := c.u16(), c.u16(), c.u16()
	if version == 1 {
		flags = 0 // the byte is reserved
	}
	if version == 3 {
		c.skip(1) // UTF-8 or ASCII, which is UTF-8
	}
	part := func(size int) []byte {
		b := c.take(uint64(size))
		if version == 1 && c.err == nil {
			c.align(8)
		}
		return b
	}
	a := attribute{name: string(unpad(part(nameSize), 0))}
	typ, space := part(typeSize), part(spaceSize)
	if c.err != nil || want != nil && *want != a.name {
		return c.err
	}
	t, err := p.body("datatype", message{msgDatatype, flags << 1 & 2, typ})
	if err != nil {
		return err
	}
	if a.typ, err = t.datatype(); err != nil {
		return errors.WithMessagef(err, "%.60q", a.name)
	}
	s, err := p.body("dataspace", message{msgDataspace, flags & 2, space})
	if err != nil {
		return err
	}
	if a.space, err = s.dataspace(); err != nil {
		return errors.WithMessagef(err, "%.60q", a.name)
	}
	n, ok := a.space.count(uint64(c.left()) / a.typ.size)
	if !ok {
		return malformed("want an attribute %.60q of shape %d inside of its message, got %d bytes", a.name, a.space.dims, c.left())
	}
	a.raw = c.take(n * a.typ.size)
	visit(a)
	return c.err
}
