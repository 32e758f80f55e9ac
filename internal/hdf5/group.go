package hdf5

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Kinds of links (IV.A.2.g).
const (
	hardLink     = 0
	softLink     = 1
	externalLink = 64
)

// link is a member of a group.
type link struct {
	name    string
	kind    int
	address uint64 // of the object header, for hard links
	order   uint64 // of creation, where the file tracks it
}

// Group holds groups and datasets by name.
type Group struct {
	object
	*members
}

// members are what a group holds.
type members struct {
	head   *header // of the group
	links  []link
	byName map[string]link
}

// group returns the group whose object header is at an address. It is read once, by whatever path it is
// found: links may lead in circles.
func (f *File) group(path string, address uint64) (*Group, error) {
	m, ok := f.members[address]
	if !ok {
		var err error
		if m, err = f.newPass().members(address); err != nil {
			return nil, errors.WithMessage(err, path)
		}
		// A valid file has some bytes for each link. The groups of a hostile one may share many.
		if f.known += uint64(len(m.links)); f.known <= f.size/8 {
			f.members[address] = m
		}
	}
	return &Group{object{f, path, m.head}, m}, nil
}

// members reads a group.
func (p *pass) members(address uint64) (*members, error) {
	h, err := p.header(address)
	if err != nil {
		return nil, err
	}
	if h.kind() != groupObject {
		return nil, malformed("want a group, got %s", h.kind())
	}
	m := &members{head: h, byName: map[string]link{}}
	ordered, err := h.links(p, func(l link) { m.links = append(m.links, l) })
	if err != nil {
		return nil, err
	}
	slices.SortFunc(m.links, func(a, b link) int {
		if ordered {
			return cmp.Compare(a.order, b.order)
		}
		return cmp.Compare(a.name, b.name)
	})
	for _, l := range m.links {
		if _, ok := m.byName[l.name]; ok {
			return nil, malformed("want each name once, got %.60q twice", l.name)
		}
		if l.name == "" || l.name == "." || strings.Contains(l.name, "/") {
			return nil, malformed("want names without a slash, got %.60q", l.name)
		}
		m.byName[l.name] = l
	}
	return m, nil
}

// Names returns the names of the members as h5py lists them: in the order of their creation where the file
// tracks it, and sorted by their bytes otherwise. Keras's files do not track it.
func (g *Group) Names() []string {
	names := make([]string, len(g.links))
	for i, l := range g.links {
		names[i] = l.name
	}
	return names
}

// Has says if the group has a member of this name, which is not a path.
func (g *Group) Has(name string) bool {
	_, ok := g.byName[name]
	return ok
}

// Group returns the group at a path such as "layers/dense", from this group on. The group itself is at "".
// The error wraps [ErrNotExist] if there is nothing at the path.
func (g *Group) Group(path string) (*Group, error) {
	for _, name := range components(path) {
		l, err := g.link(name)
		if err != nil {
			return nil, err
		}
		if g, err = g.f.group(g.join(name), l.address); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Dataset returns the dataset at a path such as "layers/dense/vars/0", from this group on. The error wraps
// [ErrNotExist] if there is nothing at the path.
func (g *Group) Dataset(path string) (*Dataset, error) {
	names := components(path)
	if len(names) == 0 {
		return nil, errors.Errorf("%s: want the path of a dataset, got %q", g.path, path)
	}
	last := len(names) - 1
	g, err := g.Group(strings.Join(names[:last], "/"))
	if err != nil {
		return nil, err
	}
	l, err := g.link(names[last])
	if err != nil {
		return nil, err
	}
	d, err := g.f.dataset(g.join(names[last]), l.address)
	return d, errors.WithMessage(err, g.join(names[last]))
}

// IsGroup says if a member of the group is a group. An error wraps [ErrNotExist] if there is no such member.
func (g *Group) IsGroup(name string) (bool, error) {
	k, err := g.memberKind(name)
	return k == groupObject, err
}

// IsDataset says if a member of the group is a dataset. An error wraps [ErrNotExist] if there is no such member.
func (g *Group) IsDataset(name string) (bool, error) {
	k, err := g.memberKind(name)
	return k == datasetObject, err
}

func (g *Group) memberKind(name string) (objectKind, error) {
	l, err := g.link(name)
	if err != nil {
		return "", err
	}
	h, err := g.f.newPass().header(l.address)
	if err != nil {
		return "", errors.WithMessage(err, g.join(name))
	}
	return h.kind(), nil
}

// link returns the hard link of a name.
func (g *Group) link(name string) (link, error) {
	l, ok := g.byName[name]
	switch {
	case !ok:
		return l, errors.Wrap(ErrNotExist, g.join(name))
	case l.kind == softLink:
		return l, errors.WithMessage(unsupported("a soft link"), g.join(name))
	case l.kind == externalLink:
		return l, errors.WithMessage(unsupported("a link to another file"), g.join(name))
	case l.kind != hardLink:
		return l, errors.WithMessage(unsupported("a link of type %d", l.kind), g.join(name))
	}
	return l, nil
}

func (g *Group) join(name string) string { return strings.TrimSuffix(g.path, "/") + "/" + name }

// components returns the names in a path. Slashes at the ends and doubled ones count for nothing.
func components(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// objectKind says what an object header describes.
type objectKind string

const (
	groupObject   objectKind = "a group"
	datasetObject objectKind = "a dataset"
	typeObject    objectKind = "a datatype"
	unknownObject objectKind = "an object that is neither a group nor a dataset"
)

func (h *header) kind() objectKind {
	has := func(kind int) bool { _, ok := h.find(kind); return ok }
	switch {
	case has(msgSymbolTable) || has(msgLinkInfo):
		return groupObject
	case has(msgLayout):
		return datasetObject
	case has(msgDatatype):
		return typeObject
	}
	return unknownObject
}
