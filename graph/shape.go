package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Shape is the size of each axis of one example or weight. An example has no batch axis: (784) is a
// vector of features, and (3, 28, 28) is an image as channels, height, width. This is the logical
// order of the axes; NodeShape says what the order in memory is.
type Shape []int

// Size returns the number of elements.
func (s Shape) Size() int { return op.Shape(s).Size() }

// Equal reports whether both shapes have the same axes.
func (s Shape) Equal(o Shape) bool { return slices.Equal(s, o) }

// String returns the shape as "(3, 28, 28)".
func (s Shape) String() string { return op.Shape(s).String() }

// NodeShape returns the shape of a node that holds rows examples of shape s in an expression graph.
// The batch axis comes first and the channels of an image last: an image (channels, height, width)
// has a node (rows, height, width, channels). Its numbers lie in memory in that order, pixel by
// pixel. Data sets, Model.Predict and targets use the same memory order, so nothing is transposed
// where examples enter or leave a graph.
func NodeShape(rows int, s Shape) op.Shape {
	if len(s) == 3 {
		return op.Shape{rows, s[1], s[2], s[0]}
	}
	return append(op.Shape{rows}, s...)
}

// maxSize bounds sizes from a file, such as those of a border or a kernel.
const maxSize = 1 << 30

// maxElements bounds the elements of one example or weight, so that sizes from a file cannot overflow:
// 2^36 where an int has 64 bits, else 2^30. Layers of large images have that many; see maxAtOnce.
const maxElements = 1 << (30 + 6*(^uint(0)>>63))

// checkShape refuses shapes without an axis, with an empty axis, or with too many elements.
func checkShape(s Shape) error {
	if len(s) == 0 {
		return errors.New("want a shape with at least one axis, got none")
	}
	size := 1
	for _, d := range s {
		if d <= 0 {
			return errors.Errorf("want every axis positive, got shape %v", s)
		}
		if d > maxElements/size {
			return errors.Errorf("want at most %d elements, got shape %v", int64(maxElements), s)
		}
		size *= d
	}
	return nil
}

// checkWeight is checkShape for a weight, which has at most maxSize elements.
func checkWeight(s Shape) error {
	err := checkShape(s)
	if err == nil && s.Size() > maxSize {
		err = errors.Errorf("want at most %d elements, got shape %v", maxSize, s)
	}
	return err
}

// single returns the input of a layer that takes one input with that many axes; 0 allows any
// number.
func single(in []Shape, axes int) (Shape, error) {
	if len(in) != 1 {
		return nil, errors.Errorf("want 1 input, got %d", len(in))
	}
	if axes != 0 && len(in[0]) != axes {
		return nil, errors.Errorf("want an input of %d axes, got shape %v", axes, in[0])
	}
	return in[0], nil
}

// printShape writes a shape as Keras does, the batch axis as None.
func printShape(s Shape) string {
	var b strings.Builder
	b.WriteString("(None")
	for _, d := range s {
		fmt.Fprintf(&b, ", %d", d)
	}
	return b.String() + ")"
}
