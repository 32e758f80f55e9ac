package conv

import "github.com/gorgonae/gorgonae/internal/epilogue"

const (
	badGeometry = "conv: the sizes of a convolution do not fit together"
	badSlice    = "conv: a slice does not hold the tensor of a convolution"
	badBias     = "conv: a bias is not one number for each channel"
)

// An Axis is one axis of a convolution, height or width. Output o reads input o*Stride + k*Dilation
// - Pad for each k < Kernel. Inputs outside of [0, In) are padding and read as +0. There may be
// inputs that no output reads.
type Axis struct{ In, Out, Kernel, Stride, Dilation, Pad int }

// input returns the input that output o reads for k.
func (a Axis) input(o, k int) int { return o*a.Stride + k*a.Dilation - a.Pad }

func (a Axis) check() {
	if a.In < 1 || a.Out < 1 || a.Kernel < 1 || a.Stride < 1 || a.Dilation < 1 || a.Pad < 0 {
		panic(badGeometry)
	}
}

// A Geometry describes a two-dimensional convolution from x (Batch, Height.In, Width.In, In) to y
// (Batch, Height.Out, Width.Out, Out) with a kernel (Out, In, Height.Kernel, Width.Kernel). Images
// are channels-last.
type Geometry struct {
	Batch, In, Out int // samples, channels of x, channels of y
	Height, Width  Axis
}

func (c Geometry) sizeX() int      { return c.Height.In * c.Width.In * c.In } // of a sample
func (c Geometry) sizeY() int      { return c.Height.Out * c.Width.Out * c.Out }
func (c Geometry) sizeKernel() int { return c.Out * c.In * c.Height.Kernel * c.Width.Kernel }

func (c Geometry) check() {
	if c.Batch < 1 || c.In < 1 || c.Out < 1 {
		panic(badGeometry)
	}
	c.Height.check()
	c.Width.check()
}

// A Convolver computes convolutions of one geometry. It keeps its buffers, so only the first calls
// allocate. One goroutine may use it at a time. Each call shares out the samples among the workers
// of the pool.
type Convolver struct {
	Geometry
	forward, transpose gather
	weights            weightGradient
	gradient           gradientTask
}

// New prepares for convolutions of a geometry. The first call that needs a buffer makes it.
func New(c Geometry) *Convolver {
	c.check()
	return &Convolver{Geometry: c, forward: forwardGather(c), transpose: transposeGather(c), weights: newWeightGradient(c)}
}

// Forward writes y, the convolution of x with the kernel. The kernel is not flipped. Each element
// accumulates over the rows i and the columns j of the kernel and the channels l of x, in order,
// with one fused multiply-add a term, where x is +0 in the padding:
//
//	s = +0
//	s = fma(x[n,h,w,l], kernel[c,l,i,j], s)  with h, w the pixel that output r, q reads for i, j
//	y[n,r,q,c] = s
//
// If y has fewer than 4 channels, the sum is taken in sixteen lanes. A stretch of terms is added to
// the lanes 0, 1, ..., 15, 0, ... in turn. A row i of the kernel is a stretch, or each j of it if
// the dilation of the width is not 1. At the end, lane p+8 is added to lane p, then p+4 to p, p+2
// to p, and 1 to 0.
//
// The epilogue follows. Its Bias has one number for each c.
func (v *Convolver) Forward(y, x, kernel []float32, e epilogue.Epilogue) {
	v.checkSlices(x, y, kernel)
	v.forward.run(y, x, kernel, e)
}

// Transpose writes x, the transposed convolution of y. It takes a gradient of the output of Forward
// to the gradient of its input. An element of x accumulates over the pixels r, q of y that read it
// and over their channels c, in order:
//
//	s = +0
//	s = fma(y[n,r,q,c], kernel[c,l,i,j], s)
//	x[n,h,w,l] = s
//
// where i, j is the place in the kernel for which the pixel reads h, w. Pixels outside of y for
// which there is such a place take part with y = +0.
//
// If x has fewer than 4 channels, the sum is taken in lanes as in Forward. The terms of one r are a
// stretch if their q have no gaps, else the terms of each q are one.
//
// The epilogue follows. Its Bias has one number for each l.
func (v *Convolver) Transpose(x, y, kernel []float32, e epilogue.Epilogue) {
	v.checkSlices(x, y, kernel)
	v.transpose.run(x, y, kernel, e)
}

func (v *Convolver) checkSlices(x, y, kernel []float32) {
	if len(x) != v.Batch*v.sizeX() || len(y) != v.Batch*v.sizeY() || len(kernel) != v.sizeKernel() {
		panic(badSlice)
	}
}
