package images

import (
	"fmt"
	"slices"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Binarization says how the numbers of an image become 0 or 1 (bytes of 0 or 255). Models that
// treat each number as the probability of a coin need this. Channels are binarized one by one.
type Binarization int

const (
	NotBinarized Binarization = iota // numbers stay as they are
	Threshold                        // 1 from one half on: bytes of at least 128
	Stochastic                       // 1 with the number's own probability: 255 always, 0 never
)

var binarizations = []string{"none", "threshold", "stochastic"}

// ParseBinarization reads "none", "threshold" or "stochastic".
func ParseBinarization(s string) (Binarization, error) {
	i, err := indexOf(binarizations, s)
	return Binarization(i), err
}

func (b Binarization) String() string {
	if b < 0 || int(b) >= len(binarizations) {
		return fmt.Sprintf("Binarization(%d)", int(b))
	}
	return binarizations[b]
}

// Fixed returns a data set with the images of a source, binarized once and for all: the random
// numbers are the same in each epoch and for everyone, so that models can be compared on the data
// set.
//
// A set in memory is binarized at once, into a copy: its images are read many times. Those of other
// sources are binarized when they are read.
func (b Binarization) Fixed(from Source) *Binarized {
	s, ok := from.(*Set)
	if !ok || b == NotBinarized {
		return &Binarized{changed{from}, b}
	}
	t := *s
	t.Pixels = slices.Clone(s.Pixels)
	for i := range t.Len() {
		b.apply(t.Image(i), fixedKey(i))
	}
	return &Binarized{changed{&t}, NotBinarized}
}

// fixedKey returns the key of the random numbers for an image in a fixed draw.
func fixedKey(i int) uint64 { return random.Sub(random.Key(0, "images", "binarize"), uint64(i)) }

// Binarized is a data set whose images are binarized; see Binarization.Fixed.
type Binarized struct {
	changed
	by Binarization // of the images as they are read; NotBinarized if the source is binarized already
}

// Bytes returns the function that writes a binarized image into scratch. It returns nil if the
// source does not give bytes, or if self is not s (see Set.Bytes).
func (s *Binarized) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	read := bytesOf(s.from)
	switch {
	case self != any(s):
		return nil
	case read == nil || s.by == NotBinarized:
		return read
	}
	return func(epoch, i int, scratch []byte) []byte {
		image := read(epoch, i, scratch)
		if len(image) != len(scratch) {
			return image // which training refuses
		}
		copy(scratch, image)
		s.change(scratch, i)
		return scratch
	}
}

// Example writes image i into x as its bytes divided by 255. There is no target: y must be empty.
func (s *Binarized) Example(epoch, i int, x, y []float32) error {
	if s.by == NotBinarized {
		return s.from.Example(epoch, i, x, y)
	}
	return s.example(epoch, i, x, y, func(image []byte) { s.change(image, i) })
}

func (s *Binarized) change(image []byte, i int) {
	s.by.apply(image, fixedKey(i))
}

// Fingerprint returns the fingerprint of a Set with the binarized images. If self is not s, another
// type embeds s: then Fingerprint returns "".
func (s *Binarized) Fingerprint(self any) string {
	read := s.Bytes(s)
	switch {
	case self != any(s):
		return ""
	case s.by == NotBinarized:
		return fingerprintOf(s.from)
	case read == nil:
		return fmt.Sprintf("%s with binarize=%v", fingerprintOf(s.from), s.by)
	}
	var labels []byte
	for i := range s.Len() {
		if label := s.Label(i); label >= 0 {
			labels = append(labels, byte(label))
		}
	}
	scratch := make([]byte, s.Size().Numbers())
	return hash(s.Size(), s.Len(), labels, func(i int) []byte { return read(0, i, scratch) })
}

// apply binarizes an image. Random numbers follow from the key: number 2k becomes 1 if the lower
// half of the key's element k, times 255, is below the number's byte times 2^32; number 2k+1
// likewise with the upper half.
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
