package graph

import (
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// To users, in files and in data an image is channels, height, width. Inside expression graphs its channels stand last,
// which is the order in which convolutions, poolings and norms are fast. So examples are converted where they enter a
// graph and results where they leave it, nowhere between; with one channel or one pixel both orders are the same.

// NodeShape is the shape that rows values of a layer's shape s have in an expression graph: (rows, height, width,
// channels) for an image s of (channels, height, width), and (rows, s...) for any other.
func NodeShape(rows int, s Shape) Shape {
	if len(s) == 3 {
		return Shape{rows, s[1], s[2], s[0]}
	}
	return append(Shape{rows}, s...)
}

// reordered reports whether the numbers of shape s stand in another order in a graph than in data.
func reordered(s Shape) bool { return len(s) == 3 && s[0] > 1 && s[1]*s[2] > 1 }

// Examples writes a leaf that holds b.Rows examples of shape s, images channels-first, and returns their node, of shape
// NodeShape(b.Rows, s). It reads data at each run.
func (b *Builder) Examples(name string, s Shape, data []float32) *G.Node {
	flat := Shape{s.Size()}
	return b.Reshape(b.Var(name, NodeShape(b.Rows, flat), data, false), flat, s)
}

// Reshape gives a node that holds values of shape from the shape to, of the same size, in the order of data: images
// channel by channel. So b.Reshape(y, s, Shape{s.Size()}) are the numbers as users want them.
func (b *Builder) Reshape(x *G.Node, from, to Shape) *G.Node {
	if from.Equal(to) {
		return x
	}
	flat := Shape{b.Rows, from.Size()}
	switch {
	case reordered(from) && reordered(to):
		return b.Reshape(b.Reshape(x, from, flat[1:]), flat[1:], to)
	case reordered(from):
		return b.Do(op.Transpose(from[1]*from[2], from[0], NodeShape(b.Rows, from), NodeShape(b.Rows, to)), x)
	case reordered(to):
		return b.Do(op.Transpose(to[0], to[1]*to[2], NodeShape(b.Rows, from), NodeShape(b.Rows, to)), x)
	}
	return b.Do(op.Reshape(NodeShape(b.Rows, from), NodeShape(b.Rows, to)), x)
}
