package hdf5

// Classes of layouts (IV.A.2.i).
const (
	compact    = 0 // in the object header
	contiguous = 1
	chunked    = 2
)

// Indices of chunks (VII). The first is that of layouts of version 3, which do not number it.
const (
	tree1Index      = 0
	singleIndex     = 1
	implicitIndex   = 2
	fixedIndex      = 3
	extensibleIndex = 4
	tree2Index      = 5
)

// layout says where the values of a dataset are.
type layout struct {
	class   int
	data    []byte // compact
	address uint64 // contiguous: of the values; chunked: of the index
	size    uint64 // contiguous: bytes

	// Chunked:
	index    int
	chunk    []uint64 // values of a chunk along each axis
	bytes    uint64   // of a chunk
	rawEdges bool     // chunks that are cut by the end of an axis are not filtered
	single   chunk    // size and mask, for a single filtered chunk
}

// layout reads the message of a dataset with so many axes, and values of so many bytes.
func (c *cursor) layout(axes int, valueSize uint64) (layout, error) {
	version := c.u8()
	if c.err == nil && (version < 3 || version > 5) {
		return layout{}, unsupported("a layout of version %d; those before 3 were written by HDF5 before 1.6.3", version)
	}
	l := layout{class: c.u8()}
	switch {
	case c.err != nil:
		return l, c.err
	case l.class == compact:
		l.data = c.take(uint64(c.u16()))
	case l.class == contiguous:
		l.address, l.size = c.addressOf(), c.lengthOf()
	case l.class == chunked && version == 3:
		c.chunks3(&l)
	case l.class == chunked:
		c.chunks4(&l)
	case l.class == 3:
		return l, unsupported("a virtual dataset, whose values are in others")
	default:
		return l, malformed("want a layout of class 0 to 3, got %d", l.class)
	}
	if l.class == chunked && c.err == nil {
		return l, l.checkChunks(axes, valueSize)
	}
	return l, c.err
}

func (c *cursor) chunks3(l *layout) {
	n := c.u8()
	l.address = c.addressOf()
	for range n {
		l.chunk = append(l.chunk, c.u32())
	}
}

func (c *cursor) chunks4(l *layout) {
	const rawEdges, filteredSingle = 1, 2
	flags, n, width := c.u8(), c.u8(), c.u8()
	if width > 8 {
		c.fail(malformed("want sizes of chunks in 8 bytes or less, got %d", width))
		return
	}
	for range n {
		l.chunk = append(l.chunk, c.uint(width))
	}
	l.rawEdges = flags&rawEdges != 0
	switch l.index = c.u8(); l.index {
	case singleIndex:
		if flags&filteredSingle != 0 {
			l.single.size, l.single.mask = c.lengthOf(), c.u32()
		}
	case implicitIndex:
	case fixedIndex:
		c.skip(1) // what the array's header has as well
	case extensibleIndex:
		c.skip(5)
	case tree2Index:
		c.skip(4 + 1 + 1)
	default:
		if c.err == nil {
			c.fail(unsupported("chunks with an index of type %d", l.index))
		}
	}
	l.address = c.addressOf()
}

// checkChunks checks the sizes of a chunk, of which the last is the bytes of a value.
func (l *layout) checkChunks(axes int, valueSize uint64) error {
	sizes := l.chunk
	if len(sizes) != axes+1 || axes == 0 || sizes[axes] != valueSize {
		return malformed("want chunks of %d axes and values of %d bytes, got %d", axes, valueSize, sizes)
	}
	n, ok := product(sizes, 1<<40)
	if !ok || n == 0 {
		return malformed("want chunks of 1 to 2^40 bytes, got %d", sizes)
	}
	l.chunk, l.bytes = sizes[:axes], n
	return nil
}
