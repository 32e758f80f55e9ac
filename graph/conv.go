package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Conv2D correlates an image with filters. The kernel is not flipped, as in all such libraries.
// Filter f makes channel f of the output:
//
//	y[f,r,q] = bias[f] + Σ over c,i,j of x[c, r·stride + i·dilation - pad, q·stride + j·dilation - pad] · kernel[f,c,i,j]
//
// x is zero in the padding. With Groups, c runs over the channels of f's group. The kernel is a
// square, 3, or a rectangle, Pair{rows, columns}. Options: Valid (the default), Same or another
// Padding, Stride, Dilation, Groups, NoBias, KernelInit, BiasInit.
//
// Input: (channels, height, width). Output: (filters, out height, out width); Padding says how
// large. Weights: kernel (filters, channels/groups, kernel rows, kernel columns), Glorot-uniform;
// bias (filters), zero.
func Conv2D[K Extent](name string, x *Node, filters int, kernel K, options ...ConvOption) *Node {
	return Call(name, conv2D{newConvolution(filters, pairOf(kernel), options)}, x)
}

// ConvTranspose2D is the transpose of Conv2D, often called deconvolution. A Conv2D with the same
// kernel, stride and padding makes images of the input's size from images of the output's size
// (Zeiler et al. 2010, "Deconvolutional networks"; Dumoulin and Visin 2016, "A guide to convolution
// arithmetic", chapter 4). Options: those of Conv2D, and OutputPad.
//
// Input: (channels, height, width). Output: (filters, out height, out width). With Same, out is
// in·stride; else it is (in-1)·stride + (kernel-1)·dilation + 1 - 2·padding + output padding.
// Weights: kernel (channels, filters/groups, kernel rows, kernel columns), Glorot-uniform; bias
// (filters), zero.
func ConvTranspose2D[K Extent](name string, x *Node, filters int, kernel K, options ...ConvOption) *Node {
	return Call(name, convTranspose2D{newConvolution(filters, pairOf(kernel), options)}, x)
}

// ConvOption is an option of Conv2D and ConvTranspose2D: a Padding, Stride, Dilation, Groups,
// OutputPad, NoBias, KernelInit or BiasInit.
type ConvOption interface{ set(*convolution) }

type convOption func(*convolution)

func (o convOption) set(c *convolution) { o(c) }

// Stride is the distance from one window to the next, in pixels: one number, or a Pair for the
// windows below and beside. The default is 1.
func Stride[E Extent](pixels E) ConvOption {
	return convOption(func(c *convolution) { c.Stride = pairOf(pixels) })
}

// Dilation is the distance between the pixels under two neighbours in the kernel. The default is 1.
func Dilation[E Extent](pixels E) ConvOption {
	return convOption(func(c *convolution) { c.Dilation = pairOf(pixels) })
}

// Groups splits the channels and the filters into n groups, in their order. The filters of a group
// see the channels of that group alone (Krizhevsky et al. 2012, "ImageNet classification with deep
// convolutional neural networks"). By default all filters see all channels. Groups are computed one
// after the other, so many small groups are slow.
func Groups(n int) ConvOption { return convOption(func(c *convolution) { c.Groups = n }) }

// OutputPad makes the output of a ConvTranspose2D larger by that many rows and columns, fewer than
// the stride. A convolution with a stride makes images of one size from images of several sizes;
// OutputPad chooses among them. Padding Same fixes the size and allows no OutputPad.
func OutputPad[E Extent](pixels E) ConvOption {
	return convOption(func(c *convolution) { c.OutputPad = pairOf(pixels) })
}

func (p Padding) set(c *convolution) { c.Padding = p }

// convolution is the configuration of both layers.
type convolution struct {
	Filters   int     `json:"filters"`
	Kernel    Pair    `json:"kernel"`
	Stride    Pair    `json:"stride"`
	Dilation  Pair    `json:"dilation"`
	Padding   Padding `json:"padding"`
	OutputPad Pair    `json:"output_pad,omitzero"`
	Groups    int     `json:"groups,omitempty"`
	Bias      bool    `json:"bias"`
	initial

	norm *normed // the fused batch norm, or nil
	act  *op.Act // the fused activation, or nil
}

// normed is a batch norm that a convolution computes too, before its activation.
type normed struct {
	batchNorm
	node *Node // has the norm's weights
}

var defaultConvolution = convolution{Stride: Pair{1, 1}, Dilation: Pair{1, 1}, Bias: true}

func newConvolution(filters int, kernel Pair, options []ConvOption) convolution {
	c := defaultConvolution
	c.Filters, c.Kernel = filters, kernel
	for _, o := range options {
		o.set(&c)
	}
	return c
}

// weights describes the bias and a kernel whose first axes are first and, without groups, second.
func (l convolution) weights(first, second int) []Spec {
	return l.specs(Shape{first, second / max(l.Groups, 1), l.Kernel[0], l.Kernel[1]}, l.Bias, l.Filters)
}

// leaves returns the weights in the order that the op takes them.
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
	if l.Filters < 1 || !l.Kernel.each(1, maxSize) {
		return nil, errors.Errorf("want filters and pixels to be 1 or more, got %d filters of %d x %d pixels", l.Filters, l.Kernel[0], l.Kernel[1])
	}
	if g := max(l.Groups, 1); l.Groups < 0 || s[0]%g != 0 || l.Filters%g != 0 {
		return nil, errors.Errorf("want a number of groups that divides the %d channels and the %d filters, got %d groups", s[0], l.Filters, l.Groups)
	}
	if err := l.initial.check(); err != nil {
		return nil, err
	}
	return s, checkWeight(Shape{l.Filters, s[0], l.Kernel[0], l.Kernel[1]})
}

// axis places the windows along the rows (which 0) or the columns (which 1) of an image, in
// elements long. padded is the length with the padding.
func (l convolution) axis(which, in int) (a op.Axis, padded int, err error) {
	kernel, stride, dilation := l.Kernel[which], l.Stride[which], l.Dilation[which]
	before, after, out, err := l.Padding.Span(in, kernel, stride, dilation)
	a = op.Axis{In: in, Out: out, Kernel: kernel, Stride: stride, Dilation: dilation, Pad: before}
	return a, before + in + after, err
}

// transposed is axis for a transposed convolution: it places the windows of a convolution whose
// output has in elements.
func (l convolution) transposed(which, in int) (a op.Axis, padded int, err error) {
	kernel, stride, dilation, extra := l.Kernel[which], l.Stride[which], l.Dilation[which], l.OutputPad[which]
	if l.Padding == Same {
		if extra != 0 {
			return a, 0, errors.Errorf("want no output padding with padding Same, got %d: Same settles the size", extra)
		}
		if in > maxSize/max(stride, 1) {
			return a, 0, errors.Errorf("want a stride of at most %d for %d elements, got stride %d", maxSize/in, in, stride)
		}
		return l.axis(which, in*stride)
	}
	if _, _, _, err := l.Padding.Span(maxSize, kernel, stride, dilation); err != nil {
		return a, 0, err
	}
	if extra < 0 || extra >= stride {
		return a, 0, errors.Errorf("want an output padding of 0 or more and less than the stride, %d, got %d", stride, extra)
	}
	padded = (in-1)*stride + (kernel-1)*dilation + 1 + extra
	a = op.Axis{In: padded - 2*int(l.Padding), Out: in, Kernel: kernel, Stride: stride, Dilation: dilation, Pad: int(l.Padding)}
	if a.In < 1 {
		err = errors.Errorf("want a padding that leaves some of the output's %d elements, got %d", padded, l.Padding)
	}
	return a, padded, err
}

// geometry is the geometry of the layer's op. A transposed convolution has the geometry of the
// convolution that it transposes.
func (l convolution) geometry(in []Shape, transposed bool) (c op.Convolution, err error) {
	s, err := l.image(in)
	if err != nil {
		return c, err
	}
	c = op.Convolution{In: s[0], Out: l.Filters, Bias: l.Bias, Groups: l.Groups}
	axis := l.axis
	if transposed {
		c.In, c.Out, axis = c.Out, c.In, l.transposed
	} else if l.OutputPad != (Pair{}) {
		return c, errors.Errorf("want no output padding, got %v: it belongs to ConvTranspose2D", l.OutputPad)
	}
	var height, width int
	if c.Height, height, err = axis(0, s[1]); err == nil {
		c.Width, width, err = axis(1, s[2])
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
	convolve, convolveNorm := op.Conv2D, op.Conv2DNorm
	if transposed {
		convolve, convolveNorm = op.ConvTranspose2D, op.ConvTranspose2DNorm
	}
	in := append([]*G.Node{x}, l.leaves(b)...)
	if l.norm == nil {
		return b.Do(convolve(b.Rows, c, l.act), in...)
	}
	for _, name := range []string{"scale", "offset", "mean", "variance"} {
		in = append(in, b.Leaf(b.weightOf(l.norm.node, name)))
	}
	return b.Do(convolveNorm(b.Rows, c, float32(l.norm.Epsilon), l.act), in...)
}

// fuse adds an activation. Without a norm a gradient may go through it, with one none does.
func (l *convolution) fuse(next Layer) bool {
	if l.norm != nil {
		l.act = fusibleAny(l.act, next)
	} else {
		l.act = fusible(l.act, next)
	}
	return l.act != nil
}

// addNorm adds a batch norm, unless there is one, or an activation before it.
func (l *convolution) addNorm(norm batchNorm, n *Node) bool {
	if l.act != nil || l.norm != nil || l.Groups > 1 {
		return false
	}
	l.norm = &normed{norm, n}
	return true
}

type conv2D struct{ convolution }

func (conv2D) Kind() string                              { return "Conv2D" }
func (l conv2D) Weights(in ...Shape) []Spec              { return l.weights(l.Filters, in[0][0]) }
func (l conv2D) Build(b *Builder, in ...*G.Node) *G.Node { return l.build(b, false, in[0]) }

func (l conv2D) Shape(in ...Shape) (Shape, error) {
	c, err := l.geometry(in, false)
	return Shape{l.Filters, c.Height.Out, c.Width.Out}, err
}

func (l conv2D) fuseNorm(norm batchNorm, n *Node) Layer {
	if !l.addNorm(norm, n) {
		return nil
	}
	return l
}

func (l conv2D) Fuse(next Layer) Layer {
	if !l.fuse(next) {
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

func (l convTranspose2D) fuseNorm(norm batchNorm, n *Node) Layer {
	if !l.addNorm(norm, n) {
		return nil
	}
	return l
}

func (l convTranspose2D) Fuse(next Layer) Layer {
	if !l.fuse(next) {
		return nil
	}
	return l
}
