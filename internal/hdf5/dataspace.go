package hdf5

import "math"

// maxAxes is the library's limit.
const maxAxes = 32

// dataspace is how many values there are (IV.A.2.b).
type dataspace struct {
	null bool     // no value and no shape
	dims []uint64 // none for a scalar
	most []uint64 // sizes that the axes may grow to, all ones for any; as many as dims
}

func (c *cursor) dataspace() (dataspace, error) {
	var s dataspace
	version := c.version(1, 2)
	rank, flags, kind := c.u8(), c.u8(), c.u8()
	if version == 1 {
		c.skip(4)
		kind = 1
	}
	switch {
	case c.err != nil:
		return s, c.err
	case kind > 2:
		return s, malformed("want a dataspace of type 0, 1 or 2, got %d", kind)
	case rank > maxAxes:
		return s, malformed("want at most %d axes, got %d", maxAxes, rank)
	case kind == 2:
		s.null = true
		return s, nil
	case version == 1 && flags&2 != 0:
		return s, unsupported("a dataspace with a permutation")
	}
	for range rank {
		s.dims = append(s.dims, c.lengthOf())
	}
	s.most = s.dims
	if flags&1 != 0 {
		s.most = nil
		for range rank {
			m := c.lengthOf()
			if m == math.MaxUint64>>(64-8*c.length) {
				m = undefined
			}
			s.most = append(s.most, m)
		}
	}
	for i, d := range s.dims {
		if d > math.MaxInt {
			return s, malformed("want axes of at most %d, got shape %d", math.MaxInt, s.dims)
		}
		if d > s.most[i] && c.err == nil {
			return s, malformed("want axes of at most %d, got shape %d", s.most, s.dims)
		}
	}
	return s, c.err
}

// shape returns the sizes of the axes; nil if there is no value.
func (s *dataspace) shape() []int {
	if s.null {
		return nil
	}
	shape := make([]int, len(s.dims))
	for i, d := range s.dims {
		shape[i] = int(d)
	}
	return shape
}

// count returns the number of values, or false if there are more than limit.
func (s *dataspace) count(limit uint64) (uint64, bool) {
	if s.null {
		return 0, true
	}
	return product(s.dims, limit)
}
