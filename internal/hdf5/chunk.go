package hdf5

import "github.com/pkg/errors"

// chunk is a part of a dataset in the file.
type chunk struct {
	address uint64
	size    uint64   // bytes in the file, 0 for those of a chunk that is not filtered
	mask    uint64   // filters that were left out
	scaled  []uint64 // position, in chunks
}

// chunkReader puts the chunks of a dataset together.
type chunkReader struct {
	d       *Dataset
	p       *pass
	layout  layout
	filters []filter
	out     []byte   // values of the dataset
	counts  []uint64 // chunks that there may be along each axis, undefined for any number
	budget  uint64   // bytes that chunks may inflate to
}

// chunks returns the size bytes of the values of a chunked dataset.
func (d *Dataset) chunks(p *pass, l layout, size uint64) ([]byte, error) {
	filters, err := d.filters(p)
	if err != nil {
		return nil, err
	}
	// A dataset may be smaller than one of its chunks, and they may hang over its ends. Chunks of many
	// times the bytes of the dataset are a bomb.
	r := &chunkReader{d: d, p: p, layout: l, filters: filters, budget: 64<<20 + 16*size}
	for i, n := range l.chunk {
		most := d.space.most[i]
		if most != undefined {
			most = (most-1)/n + 1
		}
		r.counts = append(r.counts, most)
	}
	if l.bytes > r.budget {
		return nil, errors.Errorf("want chunks of at most %d bytes for %d bytes of values, got %d", r.budget, size, l.bytes)
	}
	if r.out, err = d.fill(p, size); err != nil || l.address == undefined {
		return r.out, err
	}
	return r.out, errors.WithMessage(r.index(), "chunks")
}

// add reads a chunk and copies its values to their places.
func (r *chunkReader) add(c chunk) error {
	if c.address == undefined {
		return nil // never written
	}
	cut := false // by the end of an axis
	for i, s := range c.scaled {
		size, n := r.d.space.dims[i], r.layout.chunk[i]
		if s > (size-1)/n {
			return nil // outside: the dataset was made smaller
		}
		cut = cut || s == (size-1)/n && size%n != 0
	}
	filters := r.filters
	if cut && r.layout.rawEdges {
		filters = nil
	}
	if c.size == 0 || len(filters) == 0 {
		c.size = r.layout.bytes
	}
	b, err := r.p.bytes("chunk", c.address, c.size)
	if err != nil {
		return err
	}
	if len(filters) > 0 {
		if r.layout.bytes > r.budget {
			return malformed("chunks that inflate to many times the size of the dataset")
		}
		r.budget -= r.layout.bytes
		if b, err = unfilter(filters, c.mask, b, r.layout.bytes); err != nil {
			return errors.WithMessagef(err, "chunk %d", c.scaled)
		}
	}
	r.place(c.scaled, b)
	return nil
}

// place copies the values of a chunk that are inside of the dataset, a row along the last axis at a time.
func (r *chunkReader) place(scaled []uint64, b []byte) {
	dims, sizes := r.d.space.dims, r.layout.chunk
	last := len(dims) - 1
	row := min(sizes[last], dims[last]-scaled[last]*sizes[last]) * r.d.typ.size
	at := make([]uint64, len(dims)) // of the row's beginning, in the chunk
	for {
		var from, to uint64 // in values
		for i, s := range sizes {
			from = from*s + at[i]
			to = to*dims[i] + scaled[i]*s + at[i]
		}
		from, to = from*r.d.typ.size, to*r.d.typ.size
		copy(r.out[to:to+row], b[from:])
		axis := last - 1
		for ; axis >= 0; axis-- {
			at[axis]++
			if at[axis] < sizes[axis] && scaled[axis]*sizes[axis]+at[axis] < dims[axis] {
				break
			}
			at[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}

// index adds all chunks that the index has.
func (r *chunkReader) index() error {
	address := r.layout.address
	switch r.layout.index {
	case tree1Index:
		return r.tree1(address)
	case singleIndex:
		c := r.layout.single
		c.address, c.scaled = address, make([]uint64, len(r.layout.chunk))
		return r.add(c)
	case implicitIndex:
		return r.implicit(address)
	case fixedIndex:
		return r.p.fixedArray(address, r.entries(-1))
	case extensibleIndex:
		unlimited, err := r.unlimited()
		if err != nil {
			return err
		}
		return r.p.extensibleArray(address, r.entries(unlimited))
	}
	return r.tree2(address)
}

// tree1 adds the chunks of a B-tree of version 1.
func (r *chunkReader) tree1(address uint64) error {
	axes := len(r.layout.chunk)
	return r.p.tree(address, chunkTree, axes, func(key *cursor, child uint64) error {
		c := chunk{address: child, size: key.u32(), mask: key.u32(), scaled: make([]uint64, axes)}
		for i := range c.scaled {
			at := key.uint(8)
			if at%r.layout.chunk[i] != 0 {
				return malformed("want chunks at multiples of %d, got one at %d", r.layout.chunk[i], at)
			}
			c.scaled[i] = at / r.layout.chunk[i]
		}
		if key.err != nil {
			return key.err
		}
		return r.add(c)
	})
}

// unlimited returns the axis that may grow without a limit.
func (r *chunkReader) unlimited() (int, error) {
	found := -1
	for i, m := range r.d.space.most {
		if m == undefined {
			if found >= 0 {
				return 0, malformed("want one axis without a limit for an extensible array, got several")
			}
			found = i
		}
	}
	if found < 0 {
		return 0, malformed("want one axis without a limit for an extensible array, got none")
	}
	return found, nil
}

// implicit adds chunks that lie one after the other.
func (r *chunkReader) implicit(address uint64) error {
	n, ok := product(r.counts, r.p.f.size/r.layout.bytes)
	if !ok {
		return malformed("want chunks inside of the file, got shape %d in chunks of %d", r.d.space.most, r.layout.chunk)
	}
	for i := range n {
		if err := r.add(chunk{address: address + i*r.layout.bytes, scaled: r.position(i, -1)}); err != nil {
			return err
		}
	}
	return nil
}

// position returns where the chunk of a number is. They are numbered along the last axis first, but along
// the unlimited axis, if there is one, at last.
func (r *chunkReader) position(i uint64, unlimited int) []uint64 {
	scaled := make([]uint64, len(r.counts))
	first := max(unlimited, 0)
	for axis := len(r.counts) - 1; axis >= 0; axis-- {
		if axis != first {
			scaled[axis], i = i%r.counts[axis], i/r.counts[axis]
		}
	}
	scaled[first] = i
	return scaled
}

// entries returns a function that adds the chunk of a number, which is an entry of an array.
func (r *chunkReader) entries(unlimited int) func(i uint64, filtered bool, entry *cursor) error {
	return func(i uint64, filtered bool, entry *cursor) error {
		c := chunk{address: entry.addressOf()}
		if filtered {
			c.size = entry.uint(min(entry.left()-4, 8))
			c.mask = entry.u32()
		}
		if entry.err != nil || c.address == undefined {
			return entry.err
		}
		c.scaled = r.position(i, unlimited)
		return r.add(c)
	}
}
