package f32

import (
	"math/bits"
	"runtime"
)

// ConvGradients says which gradients of a convolution, or of a transposed one, are wanted and from what.
type ConvGradients struct {
	DX, DKernel, DBias []float32 // written: of the input, the kernel and the bias; nil for those not wanted
	X, Kernel          []float32 // the convolution's input and kernel; X only for DKernel, Kernel only for DX
	DY                 []float32 // the gradient of its output

	// Gradient, unless nil, is that of an activation, to which DY belongs and whose output is Y: it writes
	// dz[i] from dy[i] and y[i] for each i, and dz is what the convolution's output gets. Else that is DY. It is called
	// for pieces, from several goroutines at once.
	Gradient func(dz, dy, y []float32)
	Y        []float32
}

// Gradients writes gradients of Forward. DX is what Transpose makes of dz. The others are sums over samples. The kernel's
// accumulate, for each sample, over the pixels of dz in order, row by row, where x is +0 in the padding:
//
//	s = +0
//	s = fma(x[n,h,w,l], dz[n,r,q,c], s)  with h, w the pixel that output r, q reads for i, j
//	dkernel[c,l,i,j] gets s
//
// and the bias's, for each sample, are those of its pixels in eight lanes: pixel p, of all counted row by row, is added to
// lane p mod 8, in order, starting from +0; then lane i+4 is added to lane i, i+2 to i and 1 to 0. The samples' sums are
// added along a binary tree: the sum of n of them is that of the first n/2, rounded down, plus that of the others.
func (v *Convolver) Gradients(g ConvGradients) { v.gradient.run(v, g, false) }

// TransposeGradients writes gradients of Transpose, whose input, X here, is of the shape of y and whose output is of the
// shape of x: DX is what Forward makes of dz, and DKernel and DBias are those of Gradients, with dz in the place of x
// and X in that of dz, but for DBias, which sums up the channels of dz as there.
func (v *Convolver) TransposeGradients(g ConvGradients) { v.gradient.run(v, g, true) }

// gradientTask computes gradients, sharing out the branches of the tree of samples.
type gradientTask struct {
	*Convolver
	ConvGradients
	transposed bool
	back       *gather // makes DX of dz

	channels       int // of dz
	size           int // of a sample's sums: the kernel's and then the bias's
	sizeIn, sizeDZ int // of a sample
	parts, levels  int // branches that are shared out, a power of two, and the levels of the tree below one
	sums           []float32
	scratch        scratchList
}

// Each of some processors has several parts, so that they end together. Each part has the memory of a kernel's gradient:
// beyond treeNumbers in all of them there are no more parts than it takes.
const (
	maxTreeParts = 32
	treeNumbers  = 1 << 20
)

// prepare makes the buffers, at the first call and when the other gradients are wanted than those before.
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
	t.scratch = newScratchList(room, t.back.row(), 8*t.channels)
}

func (t *gradientTask) run(v *Convolver, g ConvGradients, transposed bool) {
	t.prepare(v, transposed)
	t.check(g)
	t.ConvGradients = g
	if g.DX != nil {
		t.back.begin(g.DX, g.Kernel, Epilogue{})
	}
	t.scratch.reserve()
	parallel(t.parts, t)
	for n := t.parts; n > 1; n /= 2 {
		for i := range n / 2 {
			t.add(t.sums[i*t.size:], t.sums[2*i*t.size:], t.sums[(2*i+1)*t.size:])
		}
	}
	if g.DKernel != nil {
		v.weights.unpack(g.DKernel, t.sums)
	}
	copy(g.DBias, t.sums[wholeLines(v.sizeKernel()):])
	t.ConvGradients = ConvGradients{}
	t.back.end()
}

func (t *gradientTask) check(g ConvGradients) {
	if len(g.DY) != t.Batch*t.sizeDZ || g.Gradient != nil && len(g.Y) != len(g.DY) ||
		g.DX != nil && (len(g.DX) != t.Batch*t.sizeIn || len(g.Kernel) != t.sizeKernel()) ||
		g.DKernel != nil && (len(g.DKernel) != t.sizeKernel() || len(g.X) != t.Batch*t.sizeIn) ||
		g.DBias != nil && len(g.DBias) != t.channels {
		panic(shortConv)
	}
}

// add adds the sums of two branches.
func (t *gradientTask) add(sum, a, b []float32) {
	add(operands{y: sum, a: a, b: b}, 0, t.size)
}

// do computes one branch of the tree of samples.
func (t *gradientTask) do(worker, part int) {
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

// branch writes the sums over the samples from lo to hi. The scratch has room for those of a branch on each level.
func (t *gradientTask) branch(sums []float32, lo, hi int, scratch *convScratch, level int) {
	if hi-lo == 1 {
		t.sample(sums, lo, scratch)
		return
	}
	mid := lo + (hi-lo)/2
	t.branch(sums, lo, mid, scratch, level)
	other := scratch.floats[level*t.size:][:t.size]
	t.branch(other, mid, hi, scratch, level+1)
	t.add(sums, sums, other)
}

// sample computes all of one sample.
func (t *gradientTask) sample(sums []float32, n int, scratch *convScratch) {
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
func pixelSums(sums, dz []float32, channels int, scratch *convScratch) {
	lanes, n := scratch.lanes, 8*channels
	rows := len(dz) / n
	columnSums(operands{y: lanes, a: dz, keys: [2]uint64{uint64(rows), uint64(n)}}, 0, n)
	for i, v := range dz[rows*n:] {
		lanes[i] += v
	}
	for n /= 2; n >= channels; n /= 2 {
		add(operands{y: lanes, a: lanes, b: lanes[n:]}, 0, n)
	}
	copy(sums, lanes[:channels])
}
