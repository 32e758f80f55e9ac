// Package images holds data sets of grey images as bytes: what a folder of PNG or JPEG pictures and the files of MNIST
// are read into, and what decoded pictures are written from. It keeps one byte a pixel, a quarter of what the float32
// of training need; the conversion is done for each batch anew.
package images

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Set is a set of grey images of one size, with labels where there are any. It is a data set that train can fit.
type Set struct {
	Name          string   // shown in figures and names of output folders: "mnist", a folder's base name
	Height, Width int      // of each image, in pixels
	Pixels        []byte   // (Len, Height, Width), row-major, 0 is black
	Labels        []byte   // (Len) class of each image, nil where there are none
	Classes       []string // name of each class, nil where the classes are just the digits
}

// Len returns the number of images.
func (s *Set) Len() int {
	if s.Height <= 0 || s.Width <= 0 {
		return 0
	}
	return len(s.Pixels) / (s.Height * s.Width)
}

// Shape returns the shape of an example, (channels, height, width), without the batch axis. The target's shape is nil:
// the target is the input.
func (s *Set) Shape() (x, y []int) { return []int{1, s.Height, s.Width}, nil }

// Image returns the pixels of image i, shape (Height, Width). It is a view: do not change it.
func (s *Set) Image(i int) []byte {
	n := s.Height * s.Width
	return s.Pixels[i*n : (i+1)*n : (i+1)*n]
}

// Bytes returns the function by which train reads pixels: those of image i, the same in every epoch. It returns nil
// if self is another data set, one that embeds this set and may change its examples.
func (s *Set) Bytes(self any) func(epoch, i int, scratch []byte) []byte {
	if self != any(s) {
		return nil
	}
	return func(_, i int, _ []byte) []byte { return s.Image(i) }
}

// Example writes image i into x as its bytes divided by 255, so from 0 (black) to 1. It is the same in every epoch, and
// there is no target: y must be empty.
func (s *Set) Example(_, i int, x, y []float32) error {
	if i < 0 || i >= s.Len() {
		return errors.Errorf("data set %s: image %d asked for, but there are %d (counted from 0)", s.Name, i, s.Len())
	}
	if len(x) != s.Height*s.Width || len(y) != 0 {
		return errors.Errorf("data set %s: room for %d input and 0 target values wanted, came %d and %d",
			s.Name, s.Height*s.Width, len(x), len(y))
	}
	for k, b := range s.Image(i) {
		x[k] = float32(b) / 255
	}
	return nil
}

// Fingerprint returns the SHA-256, in hex, of the set's geometry, pixels and labels. A run is resumed only on data of
// the fingerprint it began with; the name does not enter it, so that the files may move. The result is "" if self is
// another data set, one that embeds this set and may change its examples.
func (s *Set) Fingerprint(self any) string {
	if self != any(s) {
		return ""
	}
	h := sha256.New()
	var head []byte
	for _, n := range []int{s.Len(), s.Height, s.Width, len(s.Labels)} {
		head = binary.LittleEndian.AppendUint64(head, uint64(n))
	}
	h.Write(head) // a hash never returns an error
	h.Write(s.Pixels)
	h.Write(s.Labels)
	return hex.EncodeToString(h.Sum(nil))
}

// Ink returns the mean pixel of all images, from 0 to 1, and the share of pixels that are not black.
func (s *Set) Ink() (mean, nonZero float64) {
	var histogram [256]int
	for _, b := range s.Pixels {
		histogram[b]++
	}
	sum := 0
	for value, count := range histogram {
		sum += value * count
	}
	n := float64(max(len(s.Pixels), 1))
	return float64(sum) / 255 / n, float64(len(s.Pixels)-histogram[0]) / n
}

// Counts returns the number of images of each class, up to the last that has a name or an image; nil without labels.
func (s *Set) Counts() []int {
	if s.Labels == nil {
		return nil
	}
	counts := make([]int, len(s.Classes))
	for _, label := range s.Labels {
		for int(label) >= len(counts) {
			counts = append(counts, 0)
		}
		counts[label]++
	}
	return counts
}

// Split divides the set in two: a random share of the images, rounded, is held out for validation, at least one and at
// most all but one. Both parts keep the order of the images. The same seed always holds out the same ones.
func (s *Set) Split(share float64, seed uint64) (train, held *Set, err error) {
	n := s.Len()
	if n < 2 {
		return nil, nil, errors.Errorf("data set %s: %d images cannot be split, at least 2 are wanted, "+
			"one to train on and one to validate with", s.Name, n)
	}
	if !(share > 0 && share < 1) { // also refuses NaN
		return nil, nil, errors.Errorf("share held out for validation: between 0 and 1 wanted, came %v", share)
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
	}
	return train, held, nil
}

// empty returns a set like s without images, with room for n.
func (s *Set) empty(n int) *Set {
	t := &Set{Name: s.Name, Height: s.Height, Width: s.Width, Classes: s.Classes}
	t.Pixels = make([]byte, 0, n*s.Height*s.Width)
	if s.Labels != nil {
		t.Labels = make([]byte, 0, n)
	}
	return t
}
