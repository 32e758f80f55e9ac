package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/conv"
	"github.com/gorgonae/gorgonae/internal/epilogue"
)

// Axis is the height or the width of a convolution: In, Out, Kernel, Stride, Dilation and Pad.
// Output o reads the inputs o*Stride + k*Dilation - Pad for each k < Kernel. Outside of the In
// inputs it reads zeros.
type Axis = conv.Axis

// Convolution is the geometry of Conv2D, which turns images of (Height.In, Width.In, In) into
// images of (Height.Out, Width.Out, Out), and of ConvTranspose2D, which turns the second into the
// first.
type Convolution struct {
	In, Out       int // channels
	Height, Width Axis
	Bias          bool // is there a bias
	Groups        int  // of channels; an output reads the inputs of its own group alone; 0 is 1
}

// channels is the number of channels of In that each channel of Out reads.
func (c Convolution) channels() int { return c.In / max(c.Groups, 1) }

// convolver computes convolutions. It is a conv.Convolver or a conv.Grouped.
type convolver interface {
	Forward(y, x, kernel []float32, e epilogue.Epilogue)
	Transpose(x, y, kernel []float32, e epilogue.Epilogue)
	Gradients(conv.Backward)
	TransposeGradients(conv.Backward)
}

func (c Convolution) convolver(rows int) convolver {
	geometry := conv.Geometry{Batch: rows, In: c.In, Out: c.Out, Height: c.Height, Width: c.Width}
	if c.Groups > 1 {
		return conv.NewGrouped(geometry, c.Groups)
	}
	return conv.New(geometry)
}

// Conv2D is y = f(x ∗ kernel + bias). ∗ is a correlation: the kernel is not flipped. f is nil for
// none. f must not be one whose gradient is computed FromInput. Inputs: x (rows, Height.In,
// Width.In, In), kernel (Out, In/Groups, Height.Kernel, Width.Kernel), bias (Out) if there is one.
// Output: (rows, Height.Out, Width.Out, Out).
func Conv2D(rows int, c Convolution, f *Act) Op { return convolve(conv2D, rows, c, f) }

// ConvTranspose2D is a transposed convolution: it computes what a Conv2D of this geometry computes
// as the gradient of its input. So it turns images of Conv2D's output shape into images of its
// input shape. Inputs: x (rows, Height.Out, Width.Out, Out), kernel (Out, In/Groups, Height.Kernel,
// Width.Kernel), bias (In) if there is one. Output: (rows, Height.In, Width.In, In).
func ConvTranspose2D(rows int, c Convolution, f *Act) Op {
	return convolve(convTranspose2D, rows, c, f)
}

// The kinds of convolution.
const (
	conv2D          = "Conv2D"
	convTranspose2D = "ConvTranspose2D"
)

// plan describes a convolution of a kind, without an activation. run computes it.
func (c Convolution) plan(kind string, rows int) (o Op, v convolver, run func(y, x, kernel []float32, e epilogue.Epilogue)) {
	v = c.convolver(rows)
	in, out := Shape{rows, c.Height.In, c.Width.In, c.In}, Shape{rows, c.Height.Out, c.Width.Out, c.Out}
	run = v.Forward
	if kind == convTranspose2D {
		in, out, run = out, in, v.Transpose
	}
	o = Op{
		Name: fmt.Sprintf("%s(%d,%v)", kind, rows, c),
		In:   []Shape{in, {c.Out, c.channels(), c.Height.Kernel, c.Width.Kernel}},
		Out:  out,
	}
	if c.Bias {
		o.In = append(o.In, out[3:])
	}
	return o, v, run
}

func convolve(kind string, rows int, c Convolution, f *Act) Op {
	o, v, run := c.plan(kind, rows)
	name, after := fused(f)
	o.Name += name
	o.Run = func(y []float32, x [][]float32) {
		after := after
		if c.Bias {
			after.Bias = x[2]
		}
		run(y, x[0], x[1], after)
	}
	var all func(y, x, kernel []float32, e epilogue.Epilogue) // of all groups, which do not change
	o.Together = func(groups int, y, x [][]float32) {
		if all == nil {
			_, _, all = c.plan(kind, groups*rows)
		}
		after := after
		if c.Bias {
			after.Bias = x[2]
		}
		all(y[0], x[0], x[1], after)
	}
	o.Shared = []int{1, 2}[:len(o.In)-1]
	o.Grad = func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node {
		in := []*G.Node{x[0], x[1], dy}
		if f != nil {
			in = append(in, y)
		}
		return t.DoAll(convGrad(v, o, f, kind == convTranspose2D), in...)
	}
	return o
}

// convGrad computes the gradients of convolution o. It goes through the batch example by example
// and computes all of them at once, while the numbers of an example are in the cache. A gradient
// that nothing reads is left out. Inputs: x, kernel and dy, and y if there is an activation.
// Outputs: the gradients of o's inputs.
func convGrad(v convolver, o Op, f *Act, transposed bool) Op {
	gradients := v.Gradients
	if transposed {
		gradients = v.TransposeGradients
	}
	d := Op{
		Name:     o.Name + "Grad",
		In:       []Shape{o.In[0], o.In[1], o.Out},
		Out:      o.In[0],
		More:     o.In[1:],
		Optional: []int{0, 1},
	}
	if len(o.In) == 3 {
		d.Optional = append(d.Optional, 2)
	}
	if f != nil {
		d.In = append(d.In, o.Out)
	}
	d.RunAll = func(d, x [][]float32) {
		g := conv.Backward{DX: d[0], DKernel: d[1], X: x[0], Kernel: x[1], DY: x[2]}
		if len(d) == 3 {
			g.DBias = d[2]
		}
		if f != nil {
			g.Gradient, g.Y = f.Gradient, x[3]
		}
		gradients(g)
	}
	return d
}
