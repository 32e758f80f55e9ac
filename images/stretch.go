package images

import "github.com/pkg/errors"

// Stretch is neighbours in a source: images lo to hi - 1, which may be none.
type Stretch struct {
	changed
	lo, hi int
}

// NewStretch returns images lo to hi - 1 of a source.
func NewStretch(from Source, lo, hi int) (*Stretch, error) {
	if lo < 0 || hi < lo || hi > from.Len() {
		return nil, errors.Errorf("want a stretch of %d images, got %d to %d", from.Len(), lo, hi)
	}
	return &Stretch{changed{from}, lo, hi}, nil
}

// Len returns the number of images.
func (s *Stretch) Len() int { return s.hi - s.lo }

// Label returns the class of image i, or -1.
func (s *Stretch) Label(i int) int { return s.from.Label(s.lo + i) }

// File returns the name of image i in the source, or "".
func (s *Stretch) File(i int) string { return s.changed.File(s.lo + i) }

// Example writes image i into x, (height, width, channels).
func (s *Stretch) Example(epoch, i int, x, y []float32) error {
	if i < 0 || i >= s.Len() {
		return errors.Errorf("want an image from 0 to %d, got %d", s.Len()-1, i)
	}
	return s.from.Example(epoch, s.lo+i, x, y)
}

// Bytes returns the function that gives image i as bytes, if the source has one; see Set.Bytes.
func (s *Stretch) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	read := bytesOf(s.from)
	if self != any(s) || read == nil {
		return nil
	}
	return func(epoch, i int, scratch []byte) []byte { return read(epoch, s.lo+i, scratch) }
}

// Ahead tells the source which images will be asked for; see train.Ahead.
func (s *Stretch) Ahead(epoch int, indices []int32) {
	moved := make([]int32, len(indices))
	for k, i := range indices {
		moved[k] = i + int32(s.lo)
	}
	s.changed.Ahead(epoch, moved)
}

// Order returns nil: a part of an order is none.
func (s *Stretch) Order(uint64, int) []int32 { return nil }
