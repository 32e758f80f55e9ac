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

// plan describes a convolution of a kind, without an activation, and returns what computes it.
func (c Convolution) plan(kind string, rows int) (Op, *plan) {
	in, out := Shape{rows, c.Height.In, c.Width.In, c.In}, Shape{rows, c.Height.Out, c.Width.Out, c.Out}
	if kind == convTranspose2D {
		in, out = out, in
	}
	o := Op{
		Name: fmt.Sprintf("%s(%d,%v)", kind, rows, c),
		In:   []Shape{in, {c.Out, c.channels(), c.Height.Kernel, c.Width.Kernel}},
		Out:  out, Shared: []int{1},
	}
	if c.Bias {
		o.In, o.Shared = append(o.In, out[3:]), append(o.Shared, 2)
	}
	p := &plan{c, kind == convTranspose2D, map[int]convolver{}}
	p.of(rows) // which refuses a wrong geometry
	return o, p
}

// plan computes a convolution, and its gradients, for any number of rows.
type plan struct {
	Convolution
	transposed bool
	made       map[int]convolver // by rows
}

func (p *plan) of(rows int) convolver {
	if p.made[rows] == nil {
		p.made[rows] = p.convolver(rows)
	}
	return p.made[rows]
}

// run computes y from the inputs x.
func (p *plan) run(rows int, y []float32, x [][]float32, after epilogue.Epilogue) {
	if p.Bias {
		after.Bias = x[2]
	}
	if p.transposed {
		p.of(rows).Transpose(y, x[0], x[1], after)
	} else {
		p.of(rows).Forward(y, x[0], x[1], after)
	}
}

func (p *plan) gradients(rows int, g conv.Backward) {
	if p.transposed {
		p.of(rows).TransposeGradients(g)
	} else {
		p.of(rows).Gradients(g)
	}
}

func convolve(kind string, rows int, c Convolution, f *Act) Op {
	o, p := c.plan(kind, rows)
	name, after := fused(f)
	o.Name += name
	o.Grad = func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node {
		in := []*G.Node{x[0], x[1], dy}
		if f != nil {
			in = append(in, y)
		}
		return t.DoAll(convGrad(p, rows, o, f), in...)
	}
	return o.byRows(rows, func(rows int, y []float32, x [][]float32) { p.run(rows, y, x, after) })
}

// convGrad computes the gradients of convolution o. It goes through the batch example by example
// and computes all of them at once, while the numbers of an example are in the cache. A gradient
// that nothing reads is left out. Inputs: x, kernel and dy, and y if there is an activation.
// Outputs: the gradients of o's inputs. The sums over examples are those of groups, too: they are
// added in pairs, and pairs of pairs.
func convGrad(p *plan, rows int, o Op, f *Act) Op {
	d := Op{
		Name:     o.Name + "Grad",
		In:       []Shape{o.In[0], o.In[1], o.Out},
		Out:      o.In[0],
		More:     o.In[1:],
		Optional: []int{0, 1, 2}[:len(o.In)],
		Shared:   []int{1},
		Sums:     o.Shared,
	}
	if f != nil {
		d.In = append(d.In, o.Out)
	}
	run := func(rows int, d, x [][]float32) {
		g := conv.Backward{DX: d[0], DKernel: d[1], X: x[0], Kernel: x[1], DY: x[2]}
		if len(d) == 3 {
			g.DBias = d[2]
		}
		if f != nil {
			g.Gradient, g.Y = f.Gradient, x[3]
		}
		p.gradients(rows, g)
	}
	d.RunAll = func(d, x [][]float32) { run(rows, d, x) }
	d.SumTogether = func(groups int, d, x [][]float32) { run(groups*rows, d, x) }
	return d
}
