package f32

// A Window slides over channels-last images of (Height, Width, Channels). Window (i, j) of (Rows, Cols) covers Tall rows of
// Wide pixels, the first at (i*Down-Top, j*Across-Left). Pixels outside of the image do not count. Every window must cover
// some pixel. A Window does not change while a kernel uses it.
type Window struct {
	Height, Width, Channels int
	Rows, Cols              int
	Tall, Wide              int
	Down, Across            int // the strides: rows to the next window below, columns to the next one beside
	Top, Left               int
}

func (w *Window) in() int  { return w.Height * w.Width * w.Channels }
func (w *Window) out() int { return w.Rows * w.Cols * w.Channels }

// check checks the images and the outputs of so many samples.
func (w *Window) check(images, outputs []float32, samples int) {
	if w.Height < 1 || w.Width < 1 || w.Channels < 1 || w.Rows < 1 || w.Cols < 1 || w.Tall < 1 || w.Wide < 1 || w.Down < 1 || w.Across < 1 ||
		w.Top < 0 || w.Left < 0 || w.Top >= w.Tall || w.Left >= w.Wide ||
		(w.Rows-1)*w.Down-w.Top >= w.Height || (w.Cols-1)*w.Across-w.Left >= w.Width {
		panic("f32: a window that covers no pixel")
	}
	matrix(images, samples, w.in())
	matrix(outputs, samples, w.out())
}

// grain is how many samples a processor takes at a time.
func (w *Window) grain() int { return max(grain/max(w.in(), w.out()), 1) }

// rows returns the rows of the image that the windows of row i cover, cols the columns that those of column j do.
func (w *Window) rows(i int) (lo, hi int) { return clip(i*w.Down-w.Top, w.Tall, w.Height) }
func (w *Window) cols(j int) (lo, hi int) { return clip(j*w.Across-w.Left, w.Wide, w.Width) }

func clip(lo, length, n int) (int, int) { return max(lo, 0), min(lo+length, n) }

// quads returns how many of the windows of row i, from the first on, are of two by two pixels beside each other: the
// common case, for which there is vector code.
func (w *Window) quads(i int) int {
	if w.Tall != 2 || w.Wide != 2 || w.Down != 2 || w.Across != 2 || w.Top != 0 || w.Left != 0 || 2*i+2 > w.Height {
		return 0
	}
	return min(w.Cols, w.Width/2)
}

// pair returns the two rows of an image under the quads of row i, line row i of the outputs.
func (w *Window) pair(image []float32, i int) []float32 {
	return image[2*i*w.Width*w.Channels:][:2*w.Width*w.Channels]
}
func (w *Window) line(output []float32, i int) []float32 {
	return output[i*w.Cols*w.Channels:][:w.Cols*w.Channels]
}

// run does n quads by vectors, if there is code for that, and returns how many it did.
func (w *Window) run(k kernelID, n int, x operands) int {
	x.keys = [2]uint64{uint64(n), uint64(w.Width)}
	if vector(k, &x, 0, w.Channels) {
		return n
	}
	return 0
}
