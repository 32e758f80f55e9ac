package graph

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Order is the order in which Flatten and Reshape read and write the numbers of an image. Vectors
// and all other shapes have one order alone.
type Order string

const (
	// ChannelByChannel is the logical order (channels, height, width), and PyTorch's. It is the
	// default, and files leave it out.
	ChannelByChannel Order = ""

	// PixelByPixel is (height, width, channels), the order in memory, in which Keras counts. Nothing is
	// moved then.
	PixelByPixel Order = "channels-last"
)

func (o Order) check() error {
	if o != ChannelByChannel && o != PixelByPixel {
		return errors.Errorf("want the order %q, or none for channel by channel, got %q", PixelByPixel, o)
	}
	return nil
}

// reorder writes the numbers of examples of shape from as examples of shape to, in this order.
func (o Order) reorder(b *Builder, x *G.Node, from, to Shape) *G.Node {
	if o == PixelByPixel {
		return b.View(x, to)
	}
	return b.Reorder(x, from, to)
}

// Flatten makes a vector of an example, in logical order: an image becomes channel by channel, each
// row by row. Input: any shape. Output: (size).
func Flatten(name string, x *Node) *Node { return FlattenIn(ChannelByChannel, name, x) }

// FlattenIn is Flatten in an order.
func FlattenIn(order Order, name string, x *Node) *Node { return Call(name, flatten{order}, x) }

// Reshape gives an example another shape of the same size. It keeps the logical order of the
// numbers, so it reads and writes an image channel by channel. In memory, and so in data, an image
// is pixel by pixel: a colour image that arrives as a flat Input must not be reshaped to an image.
// Make the Input an image, or leave the example flat.
func Reshape(name string, x *Node, shape ...int) *Node {
	return ReshapeIn(ChannelByChannel, name, x, shape...)
}

// ReshapeIn is Reshape in an order. The shape of an image is (channels, height, width) in both.
func ReshapeIn(order Order, name string, x *Node, shape ...int) *Node {
	return Call(name, reshape{Size: shape, Order: order}, x)
}

// Add is the sum of two or more nodes of one shape.
func Add(name string, x ...*Node) *Node { return Call(name, add{}, x...) }

// Concat joins two or more nodes along the first axis: the features of vectors, the channels of
// images.
func Concat(name string, x ...*Node) *Node { return Call(name, concat{}, x...) }

type flatten struct {
	Order Order `json:"order,omitempty"`
}

func (flatten) Kind() string            { return "Flatten" }
func (flatten) Weights(...Shape) []Spec { return nil }

func (l flatten) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 0)
	if err == nil {
		err = l.Order.check()
	}
	return Shape{s.Size()}, err
}

func (l flatten) Build(b *Builder, in ...*G.Node) *G.Node {
	s := b.In(0)
	return l.Order.reorder(b, in[0], s, Shape{s.Size()})
}

type reshape struct {
	Size  Shape `json:"shape"`
	Order Order `json:"order,omitempty"`
}

func (reshape) Kind() string            { return "Reshape" }
func (reshape) Weights(...Shape) []Spec { return nil }

func (l reshape) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 0)
	if err == nil {
		err = l.Order.check()
	}
	if err == nil {
		err = checkShape(l.Size)
	}
	if err == nil && s.Size() != l.Size.Size() {
		err = errors.Errorf("want an input of %d elements for shape %v, got shape %v of %d", l.Size.Size(), l.Size, s, s.Size())
	}
	return slices.Clone(l.Size), err
}

func (l reshape) Build(b *Builder, in ...*G.Node) *G.Node {
	return l.Order.reorder(b, in[0], b.In(0), l.Size)
}

type add struct{}

func (add) Kind() string            { return "Add" }
func (add) Weights(...Shape) []Spec { return nil }

func (add) Shape(in ...Shape) (Shape, error) {
	if len(in) < 2 {
		return nil, errors.Errorf("want at least 2 inputs, got %d", len(in))
	}
	for _, s := range in[1:] {
		if !s.Equal(in[0]) {
			return nil, errors.Errorf("want inputs of one shape, got %v", in)
		}
	}
	return in[0], nil
}

func (add) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.Add(len(in), op.ShapeOf(in[0])), in...)
}

type concat struct{}

func (concat) Kind() string            { return "Concat" }
func (concat) Weights(...Shape) []Spec { return nil }

func (concat) Shape(in ...Shape) (Shape, error) {
	if len(in) < 2 {
		return nil, errors.Errorf("want at least 2 inputs, got %d", len(in))
	}
	out := slices.Clone(in[0])
	for _, s := range in[1:] {
		if len(s) != len(out) || !s[1:].Equal(out[1:]) {
			return nil, errors.Errorf("want inputs that differ in the first axis only, got %v", in)
		}
		out[0] += s[0]
	}
	return out, nil
}

func (concat) Build(b *Builder, in ...*G.Node) *G.Node {
	shapes := make([]op.Shape, len(in))
	for i, x := range in {
		shapes[i] = op.ShapeOf(x)
	}
	return b.Do(op.Concat(shapes...), in...)
}
