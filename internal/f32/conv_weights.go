package f32

import "math/bits"

// weightGradient computes the gradient of a kernel. A sample's is a product of matrices: for a row of the kernel, the
// patches of x that meet dy, transposed, times dy. The patches are read in place from the padded sample.
type weightGradient struct {
	Conv
	image    paddedImage // x
	segments []convSegment
	inner    int // numbers in a segment of a patch
	taps     [][2]int
	pixels   []convSegment // the rows of the sums over pixels: where they begin in the padded x and in dy
	swapped  bool          // the numbers of a patch are in the vectors, else the channels of dy

	size    int // of the kernel
	parts   int // a power of two: the tree is shared out where it has that many branches
	sums    []float32
	levels  int // of the tree below a part
	scratch scratchList

	x, dy []float32 // of the call
}

func newWeightGradient(c Conv) weightGradient {
	w := weightGradient{Conv: c, image: paddedImage{channels: c.In}, size: c.sizeKernel()}
	var rows, cols []phase
	w.image.rows, rows = c.Height.forward()
	w.image.cols, cols = c.Width.forward()
	pitch := w.image.pitch()
	if w.image.plain() {
		pitch = w.image.plainPitch()
	}
	p := newPass(rows[0], cols[0], pitch, c.In, c.Out)
	w.segments, w.inner = p.segments, p.inner
	for r := range c.Height.Out {
		w.pixels = append(w.pixels, convSegment{r * c.Height.Stride * pitch, r * c.Width.Out * c.Out})
	}
	if w.swapped = convCost(c.Out, w.inner) < convCost(w.inner, c.Out); w.swapped {
		for i, s := range w.pixels {
			w.pixels[i] = convSegment{s.b, s.a}
		}
	}
	w.parts = 1 << (bits.Len(uint(min(c.Batch, maxTreeParts))) - 1)
	w.levels = bits.Len(uint((c.Batch + w.parts - 1) / w.parts))
	n := w.levels * w.size
	if !w.image.plain() {
		n += w.image.rows.padded * pitch
	}
	w.scratch = newScratchList(n)
	return w
}

// maxTreeParts leaves each of some processors several parts.
const maxTreeParts = 32

// convCost is about how long a product of that many rows and columns takes for each l: a vector of 16 is the unit, and a
// tile takes as long as one multiply-add at least.
func convCost(rows, cols int) int { return max((cols+7)/8*rows, 8) }

func (w *weightGradient) run(dkernel, x, dy []float32) {
	w.sums = grow(w.sums, w.parts*w.size)
	w.scratch.reserve()
	w.x, w.dy = x, dy
	parallel(w.parts, w)
	w.x, w.dy = nil, nil
	for n := w.parts; n > 1; n /= 2 {
		for i := range n / 2 {
			a := w.sums[i*w.size:][:w.size]
			add(operands{y: a, a: w.sums[2*i*w.size:], b: w.sums[(2*i+1)*w.size:]}, 0, w.size)
		}
	}
	w.unpack(dkernel)
}

// do computes one branch of the tree of samples.
func (w *weightGradient) do(part int) {
	lo, hi := 0, w.Batch
	for n := w.parts / 2; n > 0; n /= 2 {
		if mid := lo + (hi-lo)/2; part&n == 0 {
			hi = mid
		} else {
			lo = mid
		}
	}
	scratch := w.scratch.take()
	w.branch(w.sums[part*w.size:][:w.size], lo, hi, scratch, 0)
	w.scratch.give(scratch)
}

// branch writes the sum over the samples from lo to hi. The scratch has room for a sum on each level of the tree.
func (w *weightGradient) branch(sum []float32, lo, hi int, scratch *convScratch, level int) {
	if hi-lo == 1 {
		w.sample(sum, lo, scratch)
		return
	}
	mid := lo + (hi-lo)/2
	w.branch(sum, lo, mid, scratch, level)
	other := scratch.floats[level*w.size:][:w.size]
	w.branch(other, mid, hi, scratch, level+1)
	add(operands{y: sum, a: sum, b: other}, 0, w.size)
}

// sample writes the gradient of one sample, by segments of the patch.
func (w *weightGradient) sample(sum []float32, n int, scratch *convScratch) {
	x, dy := w.x[n*w.sizeX():][:w.sizeX()], w.dy[n*w.sizeY():][:w.sizeY()]
	image := scratch.floats[w.levels*w.size:]
	if w.image.plain() {
		image = x
	} else {
		w.image.fill(image, x, 0, w.image.rows.padded)
	}
	step := w.Width.Stride * w.In
	t := &scratch.tile
	*t = convTile{aRow: 1, segments: w.pixels, inner: w.Width.Out}
	for i, s := range w.segments {
		c := sum[i*w.inner*w.Out:][:w.inner*w.Out]
		if w.swapped {
			t.aStep, t.bStep, t.cRow = w.Out, step, w.inner
			t.product(w.Out, w.inner, dy, image[s.a:], c, nil)
		} else {
			t.aStep, t.bStep, t.cRow = step, w.Out, w.Out
			t.product(w.inner, w.Out, image[s.a:], dy, c, nil)
		}
	}
}

// unpack writes the sum in the order of the kernel.
func (w *weightGradient) unpack(dkernel []float32) {
	taps := w.Height.Kernel * w.Width.Kernel
	perSegment := w.inner / w.In
	l, c := w.Out, 1 // strides of the patch's numbers and of dy's channels
	if w.swapped {
		l, c = 1, w.inner
	}
	for t := range taps {
		from := w.sums[t/perSegment*w.inner*w.Out+t%perSegment*w.In*l:]
		for i := range w.In {
			for o := range w.Out {
				dkernel[(o*w.In+i)*taps+t] = from[i*l+o*c]
			}
		}
	}
}
