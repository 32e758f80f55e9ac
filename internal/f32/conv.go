package f32

import (
	"runtime"
	"unsafe"
)

const (
	badConv   = "f32: a convolution whose sizes do not fit together"
	shortConv = "f32: a slice that does not hold the tensor of a convolution"
)

// ConvAxis is one axis of a convolution: output o reads input o*Stride + k*Dilation - Pad for each k < Kernel. Inputs
// outside [0, In) are padding; inputs that no output reads are allowed.
type ConvAxis struct{ In, Out, Kernel, Stride, Dilation, Pad int }

// input is the input that output o reads for k.
func (a ConvAxis) input(o, k int) int { return o*a.Stride + k*a.Dilation - a.Pad }

func (a ConvAxis) check() {
	if a.In < 1 || a.Out < 1 || a.Kernel < 1 || a.Stride < 1 || a.Dilation < 1 || a.Pad < 0 {
		panic(badConv)
	}
}

// Conv is the geometry of a two-dimensional convolution from x (Batch, Height.In, Width.In, In) to
// y (Batch, Height.Out, Width.Out, Out) with a kernel (Out, In, Height.Kernel, Width.Kernel). Images are channels-last:
// the channels of a pixel lie side by side.
type Conv struct {
	Batch, In, Out int // samples, channels of x, channels of y
	Height, Width  ConvAxis
}

func (c Conv) sizeX() int      { return c.Height.In * c.Width.In * c.In } // of a sample
func (c Conv) sizeY() int      { return c.Height.Out * c.Width.Out * c.Out }
func (c Conv) sizeKernel() int { return c.Out * c.In * c.Height.Kernel * c.Width.Kernel }

func (c Conv) check() {
	if c.Batch < 1 || c.In < 1 || c.Out < 1 {
		panic(badConv)
	}
	c.Height.check()
	c.Width.check()
}

// Convolver computes convolutions of one geometry. It keeps the buffers that it needs, so that only the first calls
// allocate, and is for one goroutine at a time; each call shares the samples among the processors.
type Convolver struct {
	Conv
	forward, transpose gather
	weights            weightGradient
	gradient           gradientTask
}

// NewConvolver prepares for convolutions of a geometry. Buffers come with the first call that needs them.
func NewConvolver(c Conv) *Convolver {
	c.check()
	return &Convolver{Conv: c, forward: forwardGather(c), transpose: transposeGather(c), weights: newWeightGradient(c)}
}

// Forward writes y, the convolution of x with the kernel. Each element accumulates over the kernel's rows i, columns j
// and the channels l of x, in order, with one fused multiply-add a term, where x is +0 in the padding:
//
//	s = +0
//	s = fma(x[n,h,w,l], kernel[c,l,i,j], s)  with h, w the pixel that output r, q reads for i, j
//	y[n,r,q,c] = s
//
// If y has fewer than 4 channels, the sum goes in sixteen lanes: the terms of a row i of the kernel, or of each j of it if
// Dilation is not 1, are added to lanes 0, 1, ..., 15, 0, ... in turn; at the end, lane p+8 is added to lane p, then p+4 to
// p, p+2 to p and 1 to 0. The epilogue follows; its Bias is one number for each c.
func (v *Convolver) Forward(y, x, kernel []float32, e Epilogue) {
	v.checkSlices(x, y, kernel)
	v.forward.run(y, x, kernel, e)
}

// Transpose writes x, the transposed convolution of y: what a gradient of Forward's output makes of it is the gradient
// of its input. An element of x accumulates over the pixels r, q of y that read it and over their channels c, in order:
//
//	s = +0
//	s = fma(y[n,r,q,c], kernel[c,l,i,j], s)
//	x[n,h,w,l] = s
//
// with i, j what the pixel reads h, w for. Pixels outside of y for which there are such i, j take part with y = +0. If x
// has fewer than 4 channels, the sum goes in lanes as Forward's, where the terms of one r are taken together if their q
// have no gaps, else those of each q. The epilogue follows; its Bias is one number for each l.
func (v *Convolver) Transpose(x, y, kernel []float32, e Epilogue) {
	v.checkSlices(x, y, kernel)
	v.transpose.run(x, y, kernel, e)
}

func (v *Convolver) checkSlices(x, y, kernel []float32) {
	if len(x) != v.Batch*v.sizeX() || len(y) != v.Batch*v.sizeY() || len(kernel) != v.sizeKernel() {
		panic(shortConv)
	}
}

// A convScratch is what one goroutine works in.
type convScratch struct {
	tile   convTile // here, since it would be allocated at each call
	floats []float32
	row    []float32 // of computeLanes
	lanes  []float32 // of pixelSums
}

// scratchList holds for each worker of the pool a convScratch of so many numbers, zeros at first.
type scratchList struct {
	floats, row, lanes int
	of                 []*convScratch
}

func newScratchList(floats, row, lanes int) scratchList {
	return scratchList{floats, row, lanes, make([]*convScratch, maxWorkers)}
}

// reserve makes the scratch of as many workers as there are, so that no later call has to.
func (s *scratchList) reserve() {
	for worker := range min(runtime.GOMAXPROCS(0), maxWorkers) {
		s.take(worker)
	}
}

// take is the scratch of a worker.
func (s *scratchList) take(worker int) *convScratch {
	if s.of[worker] == nil {
		s.of[worker] = &convScratch{floats: aligned(s.floats), row: make([]float32, s.row), lanes: make([]float32, s.lanes)}
	}
	return s.of[worker]
}

// aligned returns n zeros that begin with a line of the cache.
func aligned(n int) []float32 {
	x := make([]float32, n+line)
	skip := (line - int(uintptr(unsafe.Pointer(unsafe.SliceData(x)))/4%line)) % line
	return x[skip:][:n:n]
}

// line is how many numbers a line of the cache holds. Parts of scratch are a multiple of it long, so that vectors do not
// lie across two lines.
const line = 16

func wholeLines(n int) int { return (n + line - 1) / line * line }
