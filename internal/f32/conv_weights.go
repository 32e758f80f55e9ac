package f32

// weightGradient is how the gradient of a kernel comes from one sample: it is a product of matrices for each row of the
// kernel, the patches of x that meet dy, transposed, times dy. The patches are read in place from the padded sample.
type weightGradient struct {
	Conv
	image    paddedImage   // x
	segments []convSegment // of a patch
	inner    int           // numbers in one of them
	pixels   []convSegment // the rows of the sums over pixels: where they begin in the padded x and in dy
	swapped  bool          // the numbers of a patch are in the vectors, else the channels of dy
}

func newWeightGradient(c Conv) weightGradient {
	w := weightGradient{Conv: c, image: paddedImage{channels: c.In}}
	var rows, cols []phase
	w.image.rows, rows = c.Height.forward()
	w.image.cols, cols = c.Width.forward()
	p := newPass(rows[0], cols[0], w.image.pitch(), c.In, c.Out)
	w.segments, w.inner = p.segments, p.inner
	for r := range c.Height.Out {
		w.pixels = append(w.pixels, convSegment{r * c.Height.Stride * w.image.pitch(), r * c.Width.Out * c.Out})
	}
	if w.swapped = convCost(c.Out, w.inner) < convCost(w.inner, c.Out); w.swapped {
		for i, s := range w.pixels {
			w.pixels[i] = convSegment{s.b, s.a}
		}
	}
	return w
}

// convCost is about how long a product of that many rows and columns takes for each l, in half vectors of the widest. A
// sum cannot begin its next term before the last is done, however small the tile.
func convCost(rows, cols int) int { return max((cols+7)/8*rows, 8) }

// sample writes the sum over the pixels of one sample, segment by segment of the patch.
func (w *weightGradient) sample(t *convTile, sum, image, dy []float32) {
	step := w.Width.Stride * w.In
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

// unpack writes a sum in the order of the kernel.
func (w *weightGradient) unpack(dkernel, sum []float32) {
	taps := w.Height.Kernel * w.Width.Kernel
	perSegment := w.inner / w.In
	l, c := w.Out, 1 // strides of the patch's numbers and of dy's channels
	if w.swapped {
		l, c = 1, w.inner
	}
	for t := range taps {
		part := sum[t/perSegment*w.inner*w.Out+t%perSegment*w.In*l:]
		for i := range w.In {
			for o := range w.Out {
				dkernel[(o*w.In+i)*taps+t] = part[i*l+o*c]
			}
		}
	}
}
