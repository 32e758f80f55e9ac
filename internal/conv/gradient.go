package conv

import (
	"math/bits"
	"runtime"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// Backward has the arguments of the backward pass of a convolution, or of a transposed one.
type Backward struct {
	// The results: the gradients of the input, the kernel and the bias. nil for those not wanted.
	DX, DKernel, DBias []float32

	X, Kernel []float32 // the input, only read for DKernel, and the kernel, only read for DX
	DY        []float32 // the gradient of the output

	// Gradient is nil, or the gradient of an activation that follows the convolution and has the
	// output Y. Then DY is the gradient of Y. Gradient writes dz[i] from dy[i] and y[i] for each i,
	// and dz is the gradient of the output of the convolution. It is called for pieces, from
	// several goroutines at once. Without Gradient, dz is DY.
	Gradient func(dz, dy, y []float32)
	Y        []float32
}

// Gradients writes gradients of Forward. DX is the result of Transpose on dz. The others are sums
// over samples.
//
// The gradient of the kernel accumulates, for each sample, over the pixels of dz in order, row by
// row, where x is +0 in the padding:
//
//	s = +0
//	s = fma(x[n,h,w,l], dz[n,r,q,c], s)  with h, w the pixel that output r, q reads for i, j
//	dkernel[c,l,i,j] gets s
//
// The gradient of the bias is, for each sample, the sum over its pixels in eight lanes. Pixel p,
// counted row by row, is added to lane p mod 8, in order, starting from +0. Then lane i+4 is added
// to lane i, i+2 to i, and 1 to 0.
//
// The sums of the samples are added along a binary tree: the sum of n samples is the sum of the
// first n/2, rounded down, plus the sum of the others.
func (v *Convolver) Gradients(g Backward) { v.gradient.run(v, g, false) }

// TransposeGradients writes gradients of Transpose. Its input, X here, has the shape of y, and its
// output has the shape of x. DX is the result of Forward on dz. DKernel is that of Gradients with
// dz in the place of x and X in the place of dz. DBias is, as in Gradients, the sum of dz.
func (v *Convolver) TransposeGradients(g Backward) { v.gradient.run(v, g, true) }

// A gradientTask computes gradients. It shares out the branches of the tree of samples.
type gradientTask struct {
	*Convolver
	Backward
	transposed bool
	back       *gather // computes DX from dz

	channels       int // of dz
	size           int // of the sums of a sample: first for the kernel, then for the bias
	sizeIn, sizeDZ int // of a sample
	parts          int // branches that are shared out, a power of two
	levels         int // of the tree below such a branch
	sums           []float32
	adding         bool // the task is to add up the branches
	scratch        workspaces
}

// Each worker gets several parts, so that all end at nearly the same time. Each part takes the
// memory of a gradient of the kernel. If all parts together would take more than treeNumbers, there
// are four for each worker.
const (
	maxTreeParts = 32
	treeNumbers  = 1 << 20
)

// prepare makes the buffers. It does so at the first call, and when a call wants the gradients of
// the other kind of convolution than the call before.
func (t *gradientTask) prepare(v *Convolver, transposed bool) {
	if t.Convolver != nil && t.transposed == transposed {
		return
	}
	*t = gradientTask{Convolver: v, transposed: transposed, back: &v.transpose, sizeIn: v.sizeX(), sizeDZ: v.sizeY()}
	t.channels = v.Out
	if transposed {
		t.back, t.sizeIn, t.sizeDZ, t.channels = &v.forward, v.sizeY(), v.sizeX(), v.In
	}
	t.size = wholeLines(v.sizeKernel()) + wholeLines(t.channels)
	parts := max(treeNumbers/t.size, 4*runtime.GOMAXPROCS(0))
	t.parts = 1 << (bits.Len(uint(min(v.Batch, maxTreeParts, parts))) - 1)
	t.levels = bits.Len(uint((v.Batch+t.parts-1)/t.parts - 1))
	t.sums = aligned(t.parts * t.size)
	room := t.levels*t.size + wholeLines(t.sizeDZ) + v.forward.image.size() + v.transpose.image.size()
	t.scratch = newWorkspaces(room, t.back.row(), 8*t.channels)
}

func (t *gradientTask) run(v *Convolver, g Backward, transposed bool) {
	t.prepare(v, transposed)
	t.check(g)
	t.Backward = g
	if g.DX != nil {
		t.back.begin(g.DX, g.Kernel, epilogue.Epilogue{})
	}
	t.scratch.reserve()
	pool.Run(t.parts, t)
	t.adding = true
	pool.Run((t.size+addedAtOnce-1)/addedAtOnce, t)
	t.adding = false
	if g.DKernel != nil {
		v.weights.unpack(g.DKernel, t.sums)
	}
	copy(g.DBias, t.sums[wholeLines(v.sizeKernel()):])
	t.Backward = Backward{}
	t.back.end()
}

func (t *gradientTask) check(g Backward) {
	if len(g.DY) != t.Batch*t.sizeDZ || g.Gradient != nil && len(g.Y) != len(g.DY) ||
		g.DX != nil && (len(g.DX) != t.Batch*t.sizeIn || len(g.Kernel) != t.sizeKernel()) ||
		g.DKernel != nil && (len(g.DKernel) != t.sizeKernel() || len(g.X) != t.Batch*t.sizeIn) ||
		g.DBias != nil && len(g.DBias) != t.channels {
		panic(badSlice)
	}
}

// addedAtOnce is how many sums of each branch a goroutine adds up.
const addedAtOnce = 1 << 10

// addBranches adds up the sums of all branches, from lo to hi.
func (t *gradientTask) addBranches(lo, hi int) {
	branch := func(i int) []float32 { return t.sums[i*t.size:][lo:hi] }
	for n := t.parts; n > 1; n /= 2 {
		for i := range n / 2 {
			elementwise.Add(branch(i), branch(2*i), branch(2*i+1))
		}
	}
}

// Do computes one branch of the tree of samples, or adds up some sums of all of them.
func (t *gradientTask) Do(worker, part int) {
	if t.adding {
		t.addBranches(part*addedAtOnce, min(t.size, (part+1)*addedAtOnce))
		return
	}
	lo, hi := 0, t.Batch
	for n := t.parts / 2; n > 0; n /= 2 {
		if mid := lo + (hi-lo)/2; part&n == 0 {
			hi = mid
		} else {
			lo = mid
		}
	}
	t.branch(t.sums[part*t.size:][:t.size], lo, hi, t.scratch.take(worker), 0)
}

// branch writes the sums over the samples from lo to hi. The workspace has room for the sums of a
// branch on each level.
func (t *gradientTask) branch(sums []float32, lo, hi int, scratch *workspace, level int) {
	if hi-lo == 1 {
		t.sample(sums, lo, scratch)
		return
	}
	mid := lo + (hi-lo)/2
	t.branch(sums, lo, mid, scratch, level)
	other := scratch.floats[level*t.size:][:t.size]
	t.branch(other, mid, hi, scratch, level+1)
	elementwise.Add(sums, sums, other)
}

// sample computes all gradients of one sample.
func (t *gradientTask) sample(sums []float32, n int, scratch *workspace) {
	room := scratch.floats[t.levels*t.size:]
	dz := t.DY[n*t.sizeDZ:][:t.sizeDZ]
	if t.Gradient != nil {
		t.Gradient(room[:t.sizeDZ], dz, t.Y[n*t.sizeDZ:][:t.sizeDZ])
		dz = room[:t.sizeDZ]
	}
	room = room[wholeLines(t.sizeDZ):]
	if t.DBias != nil {
		pixelSums(sums[wholeLines(t.sizeKernel()):], dz, t.channels, scratch)
	}
	padded := dz
	if t.DX != nil || t.transposed {
		padded = t.back.image.whole(room, dz)
	}
	if t.DX != nil {
		t.back.compute(scratch, t.DX[n*t.sizeIn:][:t.sizeIn], padded, 0, t.back.passes[0].rows.count)
	}
	if t.DKernel == nil {
		return
	}
	x := t.X[n*t.sizeIn:][:t.sizeIn]
	if t.transposed {
		t.weights.sample(&scratch.tile, sums, padded, x)
	} else {
		x = t.weights.image.whole(room[t.back.image.size():], x)
		t.weights.sample(&scratch.tile, sums, x, dz)
	}
}

// pixelSums writes the sums over the pixels of a sample, in eight lanes, for DBias.
func pixelSums(sums, dz []float32, channels int, scratch *workspace) {
	lanes, n := scratch.lanes, 8*channels
	rows := len(dz) / n
	reduce.ColumnSums(lanes, rows, n, dz[:rows*n])
	for i, v := range dz[rows*n:] {
		lanes[i] += v
	}
	for n /= 2; n >= channels; n /= 2 {
		elementwise.Add(lanes[:n], lanes[:n], lanes[n:2*n])
	}
	copy(sums, lanes[:channels])
}
