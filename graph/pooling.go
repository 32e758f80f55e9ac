package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// MaxPool2D is the largest pixel of each window of size by size pixels, stride pixels apart, in each channel by itself. Of
// equal pixels the first, row by row, takes the gradient; a NaN is larger than any number. What a window covers beyond the
// image does not count; a number of padding must be less than size, so that each window has a pixel. Input: (channels,
// height, width). Output: (channels, out height, out width), see Padding.
func MaxPool2D(name string, x *Node, size, stride int, padding Padding) *Node {
	return Call(name, maxPool{pooling{size, stride, padding}}, x)
}

// AveragePool2D is the mean of each window, over the pixels that are in the image, as Keras has it. Windows, input and
// output are those of MaxPool2D.
func AveragePool2D(name string, x *Node, size, stride int, padding Padding) *Node {
	return Call(name, averagePool{pooling{size, stride, padding}}, x)
}

// GlobalAveragePool2D is the mean of each channel. Input: (channels, height, width). Output: (channels).
func GlobalAveragePool2D(name string, x *Node) *Node { return Call(name, globalAveragePool{}, x) }

type pooling struct {
	Size    int     `json:"size"`
	Stride  int     `json:"stride"`
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
	if l.Padding > 0 && int(l.Padding) >= l.Size {
		return w, errors.Errorf("windows of %d pixels with %d of padding, want less padding than window", l.Size, l.Padding)
	}
	w = op.Window{Height: s[1], Width: s[2], Channels: s[0], Tall: l.Size, Wide: l.Size, Down: l.Stride, Across: l.Stride}
	if w.Top, _, w.Rows, err = l.Padding.Span(s[1], l.Size, l.Stride, 1); err == nil {
		w.Left, _, w.Cols, err = l.Padding.Span(s[2], l.Size, l.Stride, 1)
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
