package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// MaxPool2D takes the largest pixel in each window, for each channel by itself. Windows have size
// pixels and begin stride pixels apart; each is one number or a Pair{rows, columns}. The first of
// equal pixels, row by row, takes the gradient. A NaN is larger than any number. Pixels of a window
// outside the image do not count. A padding in numbers must be less than size, so that each window
// has a pixel. Input: (channels, height, width). Output: (channels, out height, out width); Padding
// says how large.
func MaxPool2D[W, S Extent](name string, x *Node, size W, stride S, padding Padding) *Node {
	return Call(name, maxPool{pooling{pairOf(size), pairOf(stride), padding}}, x)
}

// AveragePool2D takes the mean of each window over its pixels in the image, as Keras does. Windows,
// input and output are those of MaxPool2D.
func AveragePool2D[W, S Extent](name string, x *Node, size W, stride S, padding Padding) *Node {
	return Call(name, averagePool{pooling{pairOf(size), pairOf(stride), padding}}, x)
}

// GlobalAveragePool2D takes the mean of each channel. Input: (channels, height, width). Output:
// (channels).
func GlobalAveragePool2D(name string, x *Node) *Node { return Call(name, globalAveragePool{}, x) }

type pooling struct {
	Size    Pair    `json:"size"`
	Stride  Pair    `json:"stride"`
	Padding Padding `json:"padding"`
}

func (pooling) Weights(...Shape) []Spec { return nil }

func (l pooling) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 3)
	if err != nil {
		return nil, err
	}
	w, err := l.window(s)
	return Shape{s[0], w.Rows, w.Cols}, err
}

// window places the windows on an image of shape s.
func (l pooling) window(s Shape) (w op.Window, err error) {
	if l.Padding > 0 && int(l.Padding) >= min(l.Size[0], l.Size[1]) {
		return w, errors.Errorf("want less padding than the window has rows and columns, got windows of %v pixels with %d of padding", l.Size, l.Padding)
	}
	w = op.Window{Height: s[1], Width: s[2], Channels: s[0], Tall: l.Size[0], Wide: l.Size[1], Down: l.Stride[0], Across: l.Stride[1]}
	if w.Top, _, w.Rows, err = l.Padding.Span(s[1], w.Tall, w.Down, 1); err == nil {
		w.Left, _, w.Cols, err = l.Padding.Span(s[2], w.Wide, w.Across, 1)
	}
	return w, err
}

func (l pooling) build(b *Builder, pool func(rows int, w op.Window) op.Op, x *G.Node) *G.Node {
	w, err := l.window(b.In(0))
	if err != nil {
		b.Fail(err)
	}
	return b.Do(pool(b.Rows, w), x)
}

type maxPool struct{ pooling }

func (maxPool) Kind() string                              { return "MaxPool2D" }
func (l maxPool) Build(b *Builder, in ...*G.Node) *G.Node { return l.build(b, op.MaxPool, in[0]) }

type averagePool struct{ pooling }

func (averagePool) Kind() string { return "AveragePool2D" }
func (l averagePool) Build(b *Builder, in ...*G.Node) *G.Node {
	return l.build(b, op.AveragePool, in[0])
}

type globalAveragePool struct{}

func (globalAveragePool) Kind() string            { return "GlobalAveragePool2D" }
func (globalAveragePool) Weights(...Shape) []Spec { return nil }

func (globalAveragePool) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 3)
	if err != nil {
		return nil, err
	}
	return s[:1:1], nil
}

func (globalAveragePool) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.GlobalAveragePool(op.ShapeOf(in[0])), in[0])
}
