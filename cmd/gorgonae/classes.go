package main

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// takeClasses gives the images the classes of another file, so that both can be merged. Labels of the
// same classes in another order, or of some of them, get other numbers. Other classes are refused.
func (s *source) takeClasses(classes []string) error {
	if slices.Equal(s.classes, classes) {
		return nil
	}
	numbers := make([]int, len(s.classes))
	for i, c := range s.classes {
		if numbers[i] = slices.Index(classes, c); numbers[i] < 0 {
			return errors.Errorf("want images with the classes %.200q, got the class %q: leave --like out, or compress images without classes", classes, c)
		}
	}
	if s.classes == nil { // labels have no names
		for i := range s.images.Len() {
			if l := s.images.Label(i); l >= 0 {
				return errors.Errorf("want images with the classes %.200q, got image %d with the label %d and no classes: leave --like out", classes, i, l)
			}
		}
	}
	s.images, s.classes = renumbered{s.images, numbers}, classes
	return nil
}

// renumbered is a source whose labels have other numbers.
type renumbered struct {
	images.Source
	numbers []int
}

func (r renumbered) Label(i int) int {
	if l := r.Source.Label(i); l >= 0 && l < len(r.numbers) {
		return r.numbers[l]
	}
	return -1
}

// Bytes returns the function that gives images as bytes, or nil if the source has none.
func (r renumbered) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	if s, ok := r.Source.(interface {
		Bytes(self any) func(epoch, i int, scratch []byte) []byte
	}); ok {
		return s.Bytes(r.Source)
	}
	return nil
}
