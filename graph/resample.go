package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Interpolation says how UpSample2D fills the larger image.
type Interpolation string

const (
	Nearest  Interpolation = "nearest"  // each pixel becomes a rectangle of equal pixels
	Bilinear Interpolation = "bilinear" // linear between the centres of pixels; the outer pixels repeat at the border
)

// UpSample2D makes an image factor times as high and wide; a Pair{rows, columns} has a factor for
// each. Bilinear agrees with Keras, and with PyTorch's align_corners=False. Input: (channels,
// height, width). Output: (channels, factor·height, factor·width).
func UpSample2D[F Extent](name string, x *Node, factor F, how Interpolation) *Node {
	return Call(name, upSample{pairOf(factor), how}, x)
}

type upSample struct {
	Factor        Pair          `json:"factor"`
	Interpolation Interpolation `json:"interpolation"`
}

func (upSample) Kind() string            { return "UpSample2D" }
func (upSample) Weights(...Shape) []Spec { return nil }

func (l upSample) Shape(in ...Shape) (Shape, error) {
	s, err := single(in, 3)
	switch {
	case err != nil:
		return nil, err
	case !l.Factor.each(1, maxSize):
		return nil, errors.Errorf("want a factor of 1 or more, got factor %v", l.Factor)
	case l.Interpolation != Nearest && l.Interpolation != Bilinear:
		return nil, errors.Errorf("want interpolation %q or %q, got %q", Nearest, Bilinear, l.Interpolation)
	}
	return Shape{s[0], l.Factor[0] * s[1], l.Factor[1] * s[2]}, nil
}

func (l upSample) Build(b *Builder, in ...*G.Node) *G.Node {
	s := op.ShapeOf(in[0])
	if l.Interpolation == Bilinear {
		return b.Do(op.Bilinear(s, l.Factor[0], l.Factor[1]), in[0])
	}
	return b.Do(op.UpSample(s, l.Factor[0], l.Factor[1]), in[0])
}
