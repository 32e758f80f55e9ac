package images

import (
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Binarization is how the grey of pixels becomes black or white, as models want it that take pixels for coins.
type Binarization int

const (
	Grey       Binarization = iota // pixels stay as they are
	Threshold                      // white from half on, a byte of 128
	Stochastic                     // white with the probability that is the grey: 255 is white, 0 is black
)

var binarizations = []string{"none", "threshold", "stochastic"}

// ParseBinarization reads "none", "threshold" or "stochastic".
func ParseBinarization(s string) (Binarization, error) {
	for i, name := range binarizations {
		if s == name {
			return Binarization(i), nil
		}
	}
	return Grey, errors.Errorf("%q, want %s", s, strings.Join(binarizations, ", "))
}

func (b Binarization) String() string { return binarizations[b] }

// Fixed returns the set with its pixels made black or white, once and for all: what is random in it is the same for
// everyone, so that models can be compared on a set.
func (b Binarization) Fixed(s *Set) *Set {
	if b == Grey {
		return s
	}
	t := *s
	t.Pixels = make([]byte, len(s.Pixels))
	copy(t.Pixels, s.Pixels)
	for i := range t.Len() {
		b.apply(t.Image(i), random.Sub(random.Key(0, "images", "binarize"), uint64(i)))
	}
	return &t
}

// apply makes the pixels of an image black or white. What is random follows from the key: pixels 2k and 2k+1 are white if
// the lower and the upper half of its element k, times 255, are below their bytes, times 2^32.
func (b Binarization) apply(image []byte, key uint64) {
	switch b {
	case Threshold:
		for i, v := range image {
			image[i] = -(v >> 7) // 255 or 0
		}
	case Stochastic:
		for i, v := range image {
			if v == 0 || v == 255 {
				continue
			}
			bits := random.Hash(key, uint64(i/2)) >> (i % 2 * 32) & (1<<32 - 1)
			image[i] = 0
			if bits*255 < uint64(v)<<32 {
				image[i] = 255
			}
		}
	}
}
