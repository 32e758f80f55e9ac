package images

import "github.com/pkg/errors"

// Exact are images of one size whose numbers stay as they are, where a Set has 8 or 16 bits.
type Exact struct {
	size    Size
	numbers []float32
}

// NewExact returns the images whose values are x, (n, height, width, channels), from 0 (black) to 1. It shares the
// memory of x.
func NewExact(size Size, x []float32) *Exact { return &Exact{size, x} }

// Len returns the number of images.
func (e *Exact) Len() int { return len(e.numbers) / e.size.Numbers() }

// Size returns the size of each image.
func (e *Exact) Size() Size { return e.size }

// Shape returns (channels, height, width), and nil.
func (e *Exact) Shape() (x, y []int) { return e.size.Shape(), nil }

// Label returns -1: the images have no classes.
func (e *Exact) Label(int) int { return -1 }

// Example writes image i into x, (height, width, channels). epoch and y are not used.
func (e *Exact) Example(_, i int, x, _ []float32) error {
	n := e.size.Numbers()
	if i < 0 || i >= e.Len() || len(x) != n {
		return errors.Errorf("want an image from 0 to %d and room for its %d numbers, got image %d and room for %d", e.Len()-1, n, i, len(x))
	}
	copy(x, e.numbers[i*n:])
	return nil
}
