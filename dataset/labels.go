package dataset

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
)

const maxClasses = 256 // that a byte can tell apart

// classesOf returns the class of each of n images. why says why an array cannot be labels, or is "".
func classesOf(y npy.Array, n int) (classes []byte, why string, err error) {
	if len(y.Data) != n {
		if len(y.Shape) > 0 && y.Shape[0] == n {
			return nil, fmt.Sprintf("want one for each image, got the shape %s", tupleText(y.Shape)), nil
		}
		return nil, "", errors.Errorf("want a label for each of %d images, got the shape %s", n, tupleText(y.Shape))
	}
	classes = make([]byte, n)
	for i, v := range y.Data {
		if !(v >= 0 && v <= 255) || v != float32(byte(v)) {
			return nil, fmt.Sprintf("want whole numbers from 0 to 255, got %v for image %d", v, i), nil
		}
		classes[i] = byte(v)
	}
	return classes, "", nil
}

// classesNamed returns the class of each of n images, and the names of the classes, which are the strings
// of an array. why says why it cannot be labels, or is "".
func (a *arrays) classesNamed(array string, n int) (classes []byte, names []string, why string, err error) {
	all, err := a.npz.ReadStrings(array, n)
	if err != nil {
		return nil, nil, "", err
	}
	names = distinct(all)
	if len(names) > maxClasses {
		return nil, nil, fmt.Sprintf("want at most %d classes, got %d", maxClasses, len(names)), nil
	}
	classes = make([]byte, n)
	for i, name := range all {
		classes[i] = byte(slices.Index(names, name))
	}
	return classes, names, "", nil
}

// distinct returns different names, in natural order.
func distinct(names []string) []string {
	names = slices.Clone(names)
	slices.SortFunc(names, images.CompareNames)
	return slices.Compact(names)
}

// joinClasses gives both parts the classes of both, if they have names. If only one has, or they are too
// many, neither has labels, and why says so.
func joinClasses(train, test *images.Set) (why string) {
	if train.Classes == nil && test.Classes == nil {
		return ""
	}
	all := distinct(slices.Concat(train.Classes, test.Classes))
	switch {
	case train.Classes == nil || test.Classes == nil:
		why = "want strings for the images to train on and for those to test with, got them for one part alone"
	case len(all) > maxClasses:
		why = fmt.Sprintf("want at most %d classes, got %d in both parts", maxClasses, len(all))
	}
	if why != "" {
		train.Labels, train.Classes, test.Labels, test.Classes = nil, nil, nil, nil
		return "the labels are not used: " + why
	}
	for _, s := range []*images.Set{train, test} {
		for i, label := range s.Labels {
			s.Labels[i] = byte(slices.Index(all, s.Classes[label]))
		}
		s.Classes = all
	}
	return ""
}
