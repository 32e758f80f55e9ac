package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Conv2D convolves an image with filters of kernel x kernel pixels, as correlation, the way all such libraries do:
//
//	y[f,r,q] = bias[f] + Σ over c,i,j of x[c, r·stride + i·dilation - pad, q·stride + j·dilation - pad] · kernel[f,c,i,j]
//
// with x zero in the padding, and c running over the channels of f's group if there are Groups. Options: Same, Valid (if nothing is said) or another Padding, Stride, Dilation, Groups and
// NoBias. Input: (channels, height, width). Output: (filters, out height, out width), see Padding. Weights: kernel
// (filters, channels/groups, kernel, kernel), Glorot-uniform; bias (filters), zero.
func Conv2D(name string, x *Node, filters, kernel int, options ...ConvOption) *Node {
	return Call(name, conv2D{newConvolution(filters, kernel, options)}, x)
}

// ConvTranspose2D is the transpose of Conv2D, which goes the way back: a convolution with this kernel, stride and padding
// would make an image of the input's size of one of the output's (Zeiler et al. 2010, "Deconvolutional networks"; Dumoulin
// and Visin 2016, "A guide to convolution arithmetic", chapter 4). Options: those of Conv2D, and OutputPad. Input:
// (channels, height, width). Output: (filters, out height, out width), each stride times the input's with Same, else
// (in-1)·stride + (kernel-1)·dilation + 1 - 2·padding + output padding. Weights: kernel (channels, filters/groups,
// kernel, kernel), Glorot-uniform; bias (filters), zero.
func ConvTranspose2D(name string, x *Node, filters, kernel int, options ...ConvOption) *Node {
	return Call(name, convTranspose2D{newConvolution(filters, kernel, options)}, x)
}

// ConvOption is a choice that Conv2D and ConvTranspose2D leave: a Padding, Stride, Dilation, Groups, OutputPad or
// NoBias.
type ConvOption interface{ set(*convolution) }

// Stride is how many pixels are between two windows, in rows and in columns. Without it they are 1 apart.
type Stride int

// Dilation is how many pixels are between two that meet neighbours in the kernel. Without it they are 1 apart.
type Dilation int

// Groups is into how many groups the channels and the filters fall, in their order, the filters of one seeing the channels
// of the same alone (Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks"). Without
// it all filters see all channels. Groups are computed one after the other, so that many small ones take long.
type Groups int

// OutputPad makes the output of a ConvTranspose2D with a Padding other than Same so many rows and columns larger. Of the
// images of several sizes that a convolution with a stride makes equally large, it picks one.
type OutputPad int

// NoBias leaves out the bias, which has no effect before a batch norm.
const NoBias noBias = true

type noBias bool

func (p Padding) set(c *convolution)   { c.Padding = p }
func (s Stride) set(c *convolution)    { c.Stride = int(s) }
func (d Dilation) set(c *convolution)  { c.Dilation = int(d) }
func (g Groups) set(c *convolution)    { c.Groups = int(g) }
func (p OutputPad) set(c *convolution) { c.OutputPad = int(p) }
func (b noBias) set(c *convolution)    { c.Bias = !bool(b) }

// convolution is what both layers are configured by.
type convolution struct {
	Filters   int     `json:"filters"`
	Kernel    int     `json:"kernel"`
	Stride    int     `json:"stride"`
	Dilation  int     `json:"dilation"`
	Padding   Padding `json:"padding"`
	OutputPad int     `json:"output_pad,omitempty"`
	Groups    int     `json:"groups,omitempty"`
	Bias      bool    `json:"bias"`

	act *op.Act // of the layer that Fuse took in
}

func newConvolution(filters, kernel int, options []ConvOption) convolution {
	c := convolution{Filters: filters, Kernel: kernel, Stride: 1, Dilation: 1, Bias: true}
	for _, o := range options {
		o.set(&c)
	}
	return c
}

// weights describes a kernel of these first axes, but for groups, and the bias.
func (l convolution) weights(first, second int) []Spec {
	w := []Spec{{Name: "kernel", Shape: Shape{first, second / max(l.Groups, 1), l.Kernel, l.Kernel}, Init: GlorotUniform}}
	if l.Bias {
		w = append(w, Spec{Name: "bias", Shape: Shape{l.Filters}, Init: Zeros})
	}
	return w
}

// leaves are the weights as a convolution's op takes them.
func (l convolution) leaves(b *Builder) []*G.Node {
	w := []*G.Node{b.Weight("kernel")}
	if l.Bias {
		w = append(w, b.Weight("bias"))
	}
	return w
}

// image checks what does not depend on the size of an image.
func (l convolution) image(in []Shape) (Shape, error) {
	s, err := single(in, 3)
	if err != nil {
		return nil, err
	}
	if l.Filters < 1 || l.Kernel < 1 {
		return nil, errors.Errorf("%d filters of %d x %d pixels, want at least 1 of each", l.Filters, l.Kernel, l.Kernel)
	}
	if g := max(l.Groups, 1); l.Groups < 0 || s[0]%g != 0 || l.Filters%g != 0 {
		return nil, errors.Errorf("%d groups of %d channels and %d filters, want a number that divides both", l.Groups, s[0], l.Filters)
	}
	return s, checkShape(Shape{l.Filters, s[0], l.Kernel, l.Kernel})
}

// axis is the axis of a convolution, and how far its windows reach together.
func (l convolution) axis(in int) (a op.ConvAxis, padded int, err error) {
	before, after, out, err := l.Padding.Span(in, l.Kernel, l.Stride, l.Dilation)
	a = op.ConvAxis{In: in, Out: out, Kernel: l.Kernel, Stride: l.Stride, Dilation: l.Dilation, Pad: before}
	return a, before + in + after, err
}

// transposed is the axis of the convolution whose transpose makes something of in elements, which are its output.
func (l convolution) transposed(in int) (a op.ConvAxis, padded int, err error) {
	if l.Padding == Same {
		if l.OutputPad != 0 {
			return a, 0, errors.Errorf("an output padding of %d with padding Same, want none: Same settles the size", l.OutputPad)
		}
		if in > maxSize/max(l.Stride, 1) {
			return a, 0, errors.Errorf("stride %d, want at most %d for %d elements", l.Stride, maxSize/in, in)
		}
		return l.axis(in * l.Stride)
	}
	if _, _, _, err := l.Padding.Span(maxSize, l.Kernel, l.Stride, l.Dilation); err != nil {
		return a, 0, err
	}
	if l.OutputPad < 0 || l.OutputPad >= l.Stride {
		return a, 0, errors.Errorf("an output padding of %d, want 0 or more and less than the stride, %d", l.OutputPad, l.Stride)
	}
	padded = (in-1)*l.Stride + (l.Kernel-1)*l.Dilation + 1 + l.OutputPad
	a = op.ConvAxis{In: padded - 2*int(l.Padding), Out: in, Kernel: l.Kernel, Stride: l.Stride, Dilation: l.Dilation, Pad: int(l.Padding)}
	if a.In < 1 {
		err = errors.Errorf("a padding of %d leaves nothing of an output of %d elements", l.Padding, padded)
	}
	return a, padded, err
}

// geometry is that of the layer's op: for a transposed convolution, that of the convolution whose transpose it is.
func (l convolution) geometry(in []Shape, transposed bool) (c op.Convolution, err error) {
	s, err := l.image(in)
	if err != nil {
		return c, err
	}
	c = op.Convolution{In: s[0], Out: l.Filters, Bias: l.Bias, Groups: l.Groups}
	axis := l.axis
	if transposed {
		c.In, c.Out, axis = c.Out, c.In, l.transposed
	} else if l.OutputPad != 0 {
		return c, errors.New("an output padding, want none: it belongs to ConvTranspose2D")
	}
	var height, width int
	if c.Height, height, err = axis(s[1]); err == nil {
		c.Width, width, err = axis(s[2])
	}
	if err == nil {
		err = checkShape(Shape{c.In, height, width})
	}
	return c, err
}

func (l convolution) build(b *Builder, transposed bool, x *G.Node) *G.Node {
	c, err := l.geometry([]Shape{b.In(0)}, transposed)
	if err != nil {
		b.Fail(err)
	}
	convolve := op.Conv2D
	if transposed {
		convolve = op.ConvTranspose2D
	}
	return b.Do(convolve(b.Rows, c, l.act), append([]*G.Node{x}, l.leaves(b)...)...)
}

type conv2D struct{ convolution }

func (conv2D) Kind() string                              { return "Conv2D" }
func (l conv2D) Weights(in ...Shape) []Spec              { return l.weights(l.Filters, in[0][0]) }
func (l conv2D) Build(b *Builder, in ...*G.Node) *G.Node { return l.build(b, false, in[0]) }

func (l conv2D) Shape(in ...Shape) (Shape, error) {
	c, err := l.geometry(in, false)
	return Shape{l.Filters, c.Height.Out, c.Width.Out}, err
}

func (l conv2D) Fuse(next Layer) Layer {
	if l.act = fusible(l.act, next); l.act == nil {
		return nil
	}
	return l
}

type convTranspose2D struct{ convolution }

func (convTranspose2D) Kind() string                              { return "ConvTranspose2D" }
func (l convTranspose2D) Weights(in ...Shape) []Spec              { return l.weights(in[0][0], l.Filters) }
func (l convTranspose2D) Build(b *Builder, in ...*G.Node) *G.Node { return l.build(b, true, in[0]) }

func (l convTranspose2D) Shape(in ...Shape) (Shape, error) {
	c, err := l.geometry(in, true)
	return Shape{l.Filters, c.Height.In, c.Width.In}, err
}

func (l convTranspose2D) Fuse(next Layer) Layer {
	if l.act = fusible(l.act, next); l.act == nil {
		return nil
	}
	return l
}
