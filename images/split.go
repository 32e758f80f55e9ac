package images

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Split divides the set in two: it holds out a random share of the images for validation, rounded
// to at least one and at most all but one. Both parts keep the order of the images. The same seed
// always holds out the same images.
func (s *Set) Split(share float64, seed uint64) (train, held *Set, err error) {
	n := s.Len()
	if n < 2 {
		return nil, nil, errors.Errorf("data set %s: %d images cannot be split: want at least 2, one to train on and "+
			"one to validate with", s.Name, n)
	}
	if !(share > 0 && share < 1) { // also refuses NaN
		return nil, nil, errors.Errorf("share held out for validation: want a number between 0 and 1, got %v", share)
	}
	count := min(max(int(float64(share*float64(n))+0.5), 1), n-1)
	out := make([]bool, n)
	for _, i := range random.New(seed, "images", "held out").Perm(n)[:count] {
		out[i] = true
	}
	train, held = s.empty(n-count), s.empty(count)
	for i := range n {
		part := train
		if out[i] {
			part = held
		}
		part.Pixels = append(part.Pixels, s.Image(i)...)
		if s.Labels != nil {
			part.Labels = append(part.Labels, s.Labels[i])
		}
		if s.Files != nil {
			part.Files = append(part.Files, s.Files[i])
		}
	}
	return train, held, nil
}

// empty returns a set like s without images, with room for n.
func (s *Set) empty(n int) *Set {
	t := *s
	t.Pixels, t.Labels, t.Files = make([]byte, 0, n*s.Size().Numbers()), nil, nil
	if s.Labels != nil {
		t.Labels = make([]byte, 0, n)
	}
	return &t
}
