package conv

// A weightGradient computes the gradient of a kernel from one sample. For each row of the kernel it
// is a product of matrices: the patches of x that meet dy, transposed, times dy. The patches are
// read in place from the padded sample.
type weightGradient struct {
	Geometry
	image    paddedImage // x
	segments []segment   // of a patch, one for each of the products
	inner    int         // numbers in a segment
	pixels   []segment   // the rows of pixels that the sums run over, in the padded x and in dy
	swapped  bool        // vectors hold numbers of a patch, else channels of dy
}

func newWeightGradient(c Geometry) weightGradient {
	w := weightGradient{Geometry: c, image: paddedImage{channels: c.In}}
	var rows, cols []phase
	w.image.rows, rows = c.Height.forward()
	w.image.cols, cols = c.Width.forward()
	p := newPass(rows[0], cols[0], w.image.pitch(), c.In, c.Out)
	w.segments, w.inner = p.segments, p.inner
	for r := range c.Height.Out {
		w.pixels = append(w.pixels, segment{r * c.Height.Stride * w.image.pitch(), r * c.Width.Out * c.Out})
	}
	if w.swapped = cost(c.Out, w.inner) < cost(w.inner, c.Out); w.swapped {
		for i, s := range w.pixels {
			w.pixels[i] = segment{s.b, s.a}
		}
	}
	return w
}

// cost is about how long a product with so many rows and columns takes for each l, in half vectors
// of the widest kind. A sum cannot begin its next term before the last one is done, however small
// the tile is.
func cost(rows, cols int) int { return max((cols+7)/8*rows, 8) }

// sample writes the sum over the pixels of one sample, segment by segment of the patch.
func (w *weightGradient) sample(t *tile, sum, image, dy []float32) {
	step := w.Width.Stride * w.In
	*t = tile{aRow: 1, segments: w.pixels, inner: w.Width.Out}
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

// unpack writes the sums in the order of the kernel.
func (w *weightGradient) unpack(dkernel, sum []float32) {
	taps := w.Height.Kernel * w.Width.Kernel
	perSegment := w.inner / w.In
	l, c := w.Out, 1 // the strides of the numbers of a patch and of the channels of dy
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
