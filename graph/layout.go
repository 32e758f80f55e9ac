package graph

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Examples writes a leaf that holds b.Rows examples of shape s, one after another, and returns its
// node, of shape NodeShape(b.Rows, s). The graph reads data at each run.
func (b *Builder) Examples(name string, s Shape, data []float32) *G.Node {
	return b.Var(name, NodeShape(b.Rows, s), data, false)
}

// View returns a node with the same numbers in the same memory order, as examples of shape s. It is
// free. With it a flat output can be compared with an image.
func (b *Builder) View(x *G.Node, s Shape) *G.Node {
	from, to := op.ShapeOf(x), NodeShape(b.Rows, s)
	if from.Equal(to) {
		return x
	}
	if from.Size() != to.Size() {
		b.Fail(errors.Errorf("want a view of %d elements, got shape %v of %d", from.Size(), to, to.Size()))
	}
	return b.Do(op.Reshape(from, to), x)
}

// Reorder returns a node with the same numbers in the same logical order, from examples of shape
// from to examples of shape to. The layers Flatten and Reshape do this. The logical order of an
// image is channel by channel, so Reorder transposes images with several channels in memory. View
// keeps the memory order.
func (b *Builder) Reorder(x *G.Node, from, to Shape) *G.Node {
	if from.Equal(to) {
		return x
	}
	flat := Shape{from.Size()}
	switch {
	case reordered(from) && reordered(to):
		return b.Reorder(b.Reorder(x, from, flat), flat, to)
	case reordered(from):
		return b.Do(op.Transpose(from[1]*from[2], from[0], NodeShape(b.Rows, from), NodeShape(b.Rows, to)), x)
	case reordered(to):
		return b.Do(op.Transpose(to[0], to[1]*to[2], NodeShape(b.Rows, from), NodeShape(b.Rows, to)), x)
	}
	return b.View(x, to)
}

// reordered reports whether the memory order of examples of shape s differs from the logical
// order.
func reordered(s Shape) bool { return len(s) == 3 && s[0] > 1 && s[1]*s[2] > 1 }

// ChannelsFirst copies examples of shape s from memory order to logical order: images (height,
// width, channels) become (channels, height, width), as codes are in .npy files. It copies other
// examples unchanged.
func ChannelsFirst(x []float32, s Shape) []float32 {
	if !reordered(s) {
		return slices.Clone(x)
	}
	return transpose(x, s[1]*s[2], s[0])
}

// ChannelsLast copies examples of shape s from logical order to memory order: it undoes
// ChannelsFirst.
func ChannelsLast(x []float32, s Shape) []float32 {
	if !reordered(s) {
		return slices.Clone(x)
	}
	return transpose(x, s[0], s[1]*s[2])
}

// transpose transposes each matrix of m rows and n columns.
func transpose(x []float32, m, n int) []float32 {
	y := make([]float32, 0, len(x))
	for matrix := range slices.Chunk(x, m*n) {
		for j := range n {
			for i := range m {
				y = append(y, matrix[i*n+j])
			}
		}
	}
	return y
}
