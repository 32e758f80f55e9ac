package images

import "fmt"

// Source is what Augment and Fixed take images from: a *Set, or a data set that does not lie in
// memory. Its examples are images alone, without targets.
//
// A source may have the methods Bytes, Fingerprint and File of Set, and Ahead and Order of Patches.
// Without Bytes its numbers are rounded to bytes, as ToBytes does it, before they are changed.
type Source interface {
	Len() int                                   // the number of images
	Size() Size                                 // the size of each
	Label(i int) int                            // the class of image i, or -1
	Example(epoch, i int, x, y []float32) error // writes image i into x, (height, width, channels)
}

// bytesOf returns the function that gives images of a source as bytes, or nil if it has none.
func bytesOf(from Source) func(epoch, i int, scratch []byte) []byte {
	if s, ok := from.(interface {
		Bytes(self any) func(epoch, i int, scratch []byte) []byte
	}); ok {
		return s.Bytes(from)
	}
	return nil
}

// fingerprintOf tells a source from others, as well as the source itself can.
func fingerprintOf(from Source) string {
	if s, ok := from.(interface{ Fingerprint(self any) string }); ok {
		if text := s.Fingerprint(from); text != "" {
			return text
		}
	}
	return fmt.Sprintf("%d images of %v", from.Len(), from.Size())
}

// changed is a data set whose images are those of a source, changed in some way.
type changed struct{ from Source }

// Len returns the number of images.
func (c changed) Len() int { return c.from.Len() }

// Size returns the size of each image.
func (c changed) Size() Size { return c.from.Size() }

// Shape returns the logical shape of an example, (channels, height, width). There is no target.
func (c changed) Shape() (x, y []int) { return c.from.Size().Shape(), nil }

// Label returns the class of image i, or -1 if there are no labels.
func (c changed) Label(i int) int { return c.from.Label(i) }

// File returns the name of image i in the source, or "".
func (c changed) File(i int) string {
	if s, ok := c.from.(interface{ File(i int) string }); ok {
		return s.File(i)
	}
	return ""
}

// Ahead tells the source which images will be asked for; see train.Ahead.
func (c changed) Ahead(epoch int, indices []int32) {
	if s, ok := c.from.(interface {
		Ahead(epoch int, indices []int32)
	}); ok {
		s.Ahead(epoch, indices)
	}
}

// Order returns the order in which the source wants an epoch, or nil; see train.Ordered.
func (c changed) Order(key uint64, epoch int) []int32 {
	if s, ok := c.from.(interface {
		Order(key uint64, epoch int) []int32
	}); ok {
		return s.Order(key, epoch)
	}
	return nil
}

// example writes image i of the source into x and changes it. The change sees bytes.
func (c changed) example(epoch, i int, x, y []float32, change func(image []byte)) error {
	if err := c.from.Example(epoch, i, x, y); err != nil {
		return err
	}
	image := ToBytes(x)
	change(image)
	for k, b := range image {
		x[k] = float32(b) / 255
	}
	return nil
}
