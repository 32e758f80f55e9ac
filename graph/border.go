package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// ZeroPad2D puts rows and columns of zeros around an image. Input: (channels, height, width).
// Output: (channels, top+height+bottom, left+width+right).
func ZeroPad2D(name string, x *Node, top, bottom, left, right int) *Node {
	return Call(name, zeroPad{border{top, bottom, left, right}}, x)
}

// EdgePad2D puts rows and columns around an image in which its outer pixels repeat. Input:
// (channels, height, width). Output: (channels, top+height+bottom, left+width+right).
func EdgePad2D(name string, x *Node, top, bottom, left, right int) *Node {
	return Call(name, edgePad{border{top, bottom, left, right}}, x)
}

// Crop2D takes rows and columns away from an image. Input: (channels, height, width). Output:
// (channels, height-top-bottom, width-left-right).
func Crop2D(name string, x *Node, top, bottom, left, right int) *Node {
	return Call(name, crop{border{top, bottom, left, right}}, x)
}

// border is a number of rows and columns on each side of an image.
type border struct {
	Top    int `json:"top"`
	Bottom int `json:"bottom"`
	Left   int `json:"left"`
	Right  int `json:"right"`
}

func (border) Weights(...Shape) []Spec { return nil }

// image returns the shape of the only input, an image. It checks the border.
func (b border) image(in []Shape) (Shape, error) {
	s, err := single(in, 3)
	if err != nil {
		return nil, err
	}
	for _, n := range []int{b.Top, b.Bottom, b.Left, b.Right} {
		if n < 0 || n > maxSize {
			return nil, errors.Errorf("want a border of 0 or more on each side, got %d, %d, %d and %d", b.Top, b.Bottom, b.Left, b.Right)
		}
	}
	return s, nil
}

// around returns the shape of an image with the border around it.
func (b border) around(in []Shape) (Shape, error) {
	s, err := b.image(in)
	if err != nil {
		return nil, err
	}
	return Shape{s[0], b.Top + s[1] + b.Bottom, b.Left + s[2] + b.Right}, nil
}

type zeroPad struct{ border }

func (zeroPad) Kind() string                       { return "ZeroPad2D" }
func (l zeroPad) Shape(in ...Shape) (Shape, error) { return l.around(in) }

func (l zeroPad) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.ZeroPad(op.ShapeOf(in[0]), op.Border(l.border)), in[0])
}

type edgePad struct{ border }

func (edgePad) Kind() string                       { return "EdgePad2D" }
func (l edgePad) Shape(in ...Shape) (Shape, error) { return l.around(in) }

func (l edgePad) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.EdgePad(op.ShapeOf(in[0]), op.Border(l.border)), in[0])
}

type crop struct{ border }

func (crop) Kind() string { return "Crop2D" }

func (l crop) Shape(in ...Shape) (Shape, error) {
	s, err := l.image(in)
	if err != nil {
		return nil, err
	}
	height, width := s[1]-l.Top-l.Bottom, s[2]-l.Left-l.Right
	if height < 1 || width < 1 {
		return nil, errors.Errorf("want an image that is larger than what is taken away, %d + %d rows and %d + %d columns, got %d x %d (height x width)",
			l.Top, l.Bottom, l.Left, l.Right, s[1], s[2])
	}
	return Shape{s[0], height, width}, nil
}

func (l crop) Build(b *Builder, in ...*G.Node) *G.Node {
	s := op.ShapeOf(in[0])
	out := op.Shape{s[0], s[1] - l.Top - l.Bottom, s[2] - l.Left - l.Right, s[3]}
	cut := op.Crop(out, op.Border(l.border))
	if made, from, ok := b.Source(in[0]); ok && made.Act != nil { // it cuts before an activation, so that a loss finds the logits beneath
		return b.Do(op.Activation(*made.Act, out), b.Do(cut, from[0]))
	}
	return b.Do(cut, in[0])
}
