package images

import (
	"crypto/sha256"

	"github.com/pkg/errors"
)

// HoldOut divides the set in two by the content of the images, as the function HoldOut does: by the
// hashes that Contents returns. Both parts keep the order of the images. held has the numbers of the images
// that are held out, in the set as it was.
//
// Both parts together use the memory of s, whose images are put in another order: do not use s any more.
func (s *Set) HoldOut(share float64) (train, test *Set, held []int, err error) {
	n := s.Len()
	if n < 2 {
		return nil, nil, nil, errors.Errorf("want at least 2 images, one to train on and one to test with, got %d", n)
	}
	if !(share > 0 && share < 1) { // also refuses NaN
		return nil, nil, nil, errors.Errorf("want a share from more than 0 to less than 1 held out, got %v", share)
	}
	var order []int // the images of the first part, then those that are held out
	for i, out := range HoldOut(s.Contents(), share) {
		if out {
			held = append(held, i)
		} else {
			order = append(order, i)
		}
	}
	kept := len(order)
	order = append(order, held...)
	rearrange(s.Pixels, order)
	rearrange(s.Deep, order)
	rearrange(s.Labels, order)
	rearrange(s.Files, order)
	rearrange(s.Hashes, order)
	return s.between(0, kept), s.between(kept, n), held, nil
}

// Contents returns a hash of each image's content: of the picture that it was read from if the set has
// hashes, else of its own pixels, which is the same for a picture that was read as it is.
func (s *Set) Contents() [][sha256.Size]byte {
	if s.Hashes != nil {
		return s.Hashes
	}
	hashes := make([][sha256.Size]byte, s.Len())
	n := s.Size().Numbers()
	_ = each(len(hashes), func(i int) error { // which returns no error
		if s.Deep == nil {
			hashes[i] = hashContent(s.Size(), s.Pixels[i*n:][:n], nil)
		} else {
			hashes[i] = hashContent(s.Size(), nil, s.Deep[i*n:][:n])
		}
		return nil
	})
	return hashes
}

// rearrange puts equal pieces of x into an order, with the memory of one piece more. x may be empty.
func rearrange[T any](x []T, order []int) {
	n := len(x) / len(order) // numbers of a piece
	if n == 0 {
		return
	}
	piece := func(i int) []T { return x[i*n : (i+1)*n] }
	saved, done := make([]T, n), make([]bool, len(order))
	for start := range order {
		if done[start] {
			continue
		}
		copy(saved, piece(start))
		at := start
		for ; order[at] != start; at = order[at] { // a cycle of pieces that take each other's places
			copy(piece(at), piece(order[at]))
			done[at] = true
		}
		copy(piece(at), saved)
		done[at] = true
	}
}

// between returns the images from one to before another as a view of the set.
func (s *Set) between(from, to int) *Set {
	t, n := *s, s.Size().Numbers()
	t.Pixels, t.Deep = view(s.Pixels, from*n, to*n), view(s.Deep, from*n, to*n)
	t.Labels, t.Files, t.Hashes = view(s.Labels, from, to), view(s.Files, from, to), view(s.Hashes, from, to)
	return &t
}

func view[T any](x []T, from, to int) []T {
	if x == nil {
		return nil
	}
	return x[from:to:to]
}
