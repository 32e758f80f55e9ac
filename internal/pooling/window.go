package pooling

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// A Window slides over channels-last images of (Height, Width, Channels). Window (i, j) of (Rows,
// Cols) covers Tall rows of Wide pixels, the first at (i*Down-Top, j*Across-Left). Pixels outside
// of the image do not count. Every window must cover some pixel. A Window does not change while a
// kernel uses it.
type Window struct {
	Height, Width, Channels int
	Rows, Cols              int
	Tall, Wide              int
	Down, Across            int // the strides: rows to the next window, and columns
	Top, Left               int
}

func (w *Window) in() int  { return w.Height * w.Width * w.Channels }
func (w *Window) out() int { return w.Rows * w.Cols * w.Channels }

// check checks a window, and the images and the outputs of so many samples.
func (w *Window) check(images, outputs []float32, samples int) {
	if w.Height < 1 || w.Width < 1 || w.Channels < 1 || w.Rows < 1 || w.Cols < 1 ||
		w.Tall < 1 || w.Wide < 1 || w.Down < 1 || w.Across < 1 ||
		w.Top < 0 || w.Left < 0 || w.Top >= w.Tall || w.Left >= w.Wide ||
		(w.Rows-1)*w.Down-w.Top >= w.Height || (w.Cols-1)*w.Across-w.Left >= w.Width {
		panic("pooling: a window that covers no pixel")
	}
	f32.CheckMatrix(images, samples, w.in())
	f32.CheckMatrix(outputs, samples, w.out())
}

// grain is how many samples one goroutine takes at a time.
func (w *Window) grain() int { return max(pool.Grain/max(w.in(), w.out()), 1) }

// rows returns the rows of the image that the windows of row i cover. cols returns the columns that
// the windows of column j cover.
func (w *Window) rows(i int) (lo, hi int) { return clip(i*w.Down-w.Top, w.Tall, w.Height) }
func (w *Window) cols(j int) (lo, hi int) { return clip(j*w.Across-w.Left, w.Wide, w.Width) }

func clip(lo, length, n int) (int, int) { return max(lo, 0), min(lo+length, n) }

// operands are the operands of the poolings.
type operands struct {
	*Window
	y, x, dy []float32
	mean     bool // SumPool divides by the number of pixels
}

var overSamples pool.Range[operands]

// run runs f on all samples.
func (w *Window) run(samples int, x operands, f func(x operands, lo, hi int)) {
	x.Window = w
	overSamples.Run(samples, w.grain(), x, f)
}

// quads are the operands of the assembly. It computes a row of windows of two by two pixels that
// lie side by side, which is the common case. It reads its operands where TestOperandsLayout says.
type quads struct {
	line           []float32 // the outputs of a row of windows, or their gradients
	image          []float32 // the two rows of the image under them
	dimage         []float32 // the two rows of its gradient
	windows, width int       // the number of windows, and the pixels in a row of the image
	factor         float32
}

// quads returns the operands for the windows of row i. It begins with the first window of the row;
// windows is 0 if the windows are not quads. Each of the slices may be nil.
func (w *Window) quads(line, image, dimage []float32, i int) quads {
	if w.Tall != 2 || w.Wide != 2 || w.Down != 2 || w.Across != 2 || w.Top != 0 || w.Left != 0 || 2*i+2 > w.Height {
		return quads{}
	}
	row := w.Width * w.Channels
	return quads{
		line: part(line, i, w.Cols*w.Channels), image: part(image, i, 2*row), dimage: part(dimage, i, 2*row),
		windows: min(w.Cols, w.Width/2), width: w.Width,
	}
}

// part returns part i of x, of n numbers, and nil for nil.
func part(x []float32, i, n int) []float32 {
	if x == nil {
		return nil
	}
	return x[i*n:][:n]
}
