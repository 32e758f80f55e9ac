package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Interpolation is how UpSample2D fills a larger image.
type Interpolation string

const (
	Nearest  Interpolation = "nearest"  // each pixel becomes a square
	Bilinear Interpolation = "bilinear" // between the centres of pixels; beyond the outer ones as they are
)

// UpSample2D makes an image factor times as high and wide. Bilinear is what PyTorch computes with align_corners=False, and
// Keras. Input: (channels, height, width). Output: (channels, factor·height, factor·width).
func UpSample2D(name string, x *Node, factor int, how Interpolation) *Node {
	return Call(name, upSample{factor, how}, x)
}

// ZeroPad2D puts rows and columns of zeros around an image. Input: (channels, height, width). Output: (channels,
// top+height+bottom, left+width+right).
func ZeroPad2D(name string, x *Node, top, bottom, left, right int) *Node {
	return Call(name, zeroPad{top, bottom, left, right}, x)
}

type upSample struct {
	Factor        int           `json:"factor"`
	Interpolation Interpolation `json:"interpolation"`
}

func (upSample) Kind() string            { return "UpSample2D" }
func (upSample) Weights(...Shape) []Spec { return nil }

func (l upSample) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 3)
	switch {
	case err != nil:
		return nil, err
	case l.Factor < 1 || l.Factor > maxSize:
		return nil, errors.Errorf("factor %d, want at least 1", l.Factor)
	case l.Interpolation != Nearest && l.Interpolation != Bilinear:
		return nil, errors.Errorf("interpolation %q, want %q or %q", l.Interpolation, Nearest, Bilinear)
	}
	return Shape{s[0], l.Factor * s[1], l.Factor * s[2]}, nil
}

func (l upSample) Build(b *Builder, in ...*G.Node) *G.Node {
	s := op.ShapeOf(in[0])
	if l.Interpolation == Bilinear {
		return b.Do(op.Bilinear(s, l.Factor, l.Factor), in[0])
	}
	return b.Do(op.UpSample(s, l.Factor, l.Factor), in[0])
}

type zeroPad struct {
	Top    int `json:"top"`
	Bottom int `json:"bottom"`
	Left   int `json:"left"`
	Right  int `json:"right"`
}

func (zeroPad) Kind() string            { return "ZeroPad2D" }
func (zeroPad) Weights(...Shape) []Spec { return nil }

func (l zeroPad) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 3)
	if err != nil {
		return nil, err
	}
	for _, n := range []int{l.Top, l.Bottom, l.Left, l.Right} {
		if n < 0 || n > maxSize {
			return nil, errors.Errorf("a border of %d, %d, %d and %d, want none below 0", l.Top, l.Bottom, l.Left, l.Right)
		}
	}
	return Shape{s[0], l.Top + s[1] + l.Bottom, l.Left + s[2] + l.Right}, nil
}

func (l zeroPad) Build(b *Builder, in ...*G.Node) *G.Node {
	return b.Do(op.ZeroPad(op.ShapeOf(in[0]), op.Border{Top: l.Top, Bottom: l.Bottom, Left: l.Left, Right: l.Right}), in[0])
}
