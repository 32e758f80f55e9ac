package f32

import "math"

// MaxPool writes, for each window and channel, the largest pixel that the window covers:
//
//	y = x[first]; for the others, row by row: if x[p] > y or x[p] is NaN, y = x[p]
//
// so that of equal ones (-0 and +0 are) the first counts, and a NaN before all numbers.
func MaxPool(y, x []float32, samples int, w *Window) {
	w.check(x, y, samples)
	parallelRange(samples, w.grain(), operands{y: y, a: x, window: w}, maxPool)
}

func maxPool(x operands, lo, hi int) {
	w := x.window
	for s := lo; s < hi; s++ {
		image, out := x.a[s*w.in():][:w.in()], x.y[s*w.out():][:w.out()]
		for i := range w.Rows {
			for j := w.maxQuads(out, image, i); j < w.Cols; j++ {
				w.maxWindow(out[(i*w.Cols+j)*w.Channels:][:w.Channels], image, i, j)
			}
		}
	}
}

// maxQuads does the first windows of row i by vectors and returns how many.
func (w *Window) maxQuads(out, image []float32, i int) int {
	if n := w.quads(i); n > 0 {
		return w.run(kernelMaxQuads, n, operands{y: w.line(out, i), a: w.pair(image, i)})
	}
	return 0
}

func (w *Window) maxWindow(y, image []float32, i, j int) {
	top, bottom := w.rows(i)
	left, right := w.cols(j)
	copy(y, image[(top*w.Width+left)*w.Channels:])
	for r := top; r < bottom; r++ {
		for c := left; c < right; c++ {
			p := image[(r*w.Width+c)*w.Channels:][:len(y)]
			for k, v := range p {
				b := math.Float32bits(y[k])
				n := math.Float32bits(v)
				if v > y[k] {
					b = n
				}
				if v != v {
					b = n
				}
				y[k] = math.Float32frombits(b)
			}
		}
	}
}

// MaxPoolGrad writes the gradient of MaxPool: dx is +0, and then each window, row by row, adds its dy to the pixel whose
// value MaxPool takes, the last NaN if there are several.
func MaxPoolGrad(dx, dy, x []float32, samples int, w *Window) {
	same(dx, x)
	w.check(x, dy, samples)
	parallelRange(samples, w.grain(), operands{y: dx, a: dy, b: x, window: w}, maxPoolGrad)
}

func maxPoolGrad(x operands, lo, hi int) {
	w := x.window
	for s := lo; s < hi; s++ {
		dx, dy, image := x.y[s*w.in():][:w.in()], x.a[s*w.out():][:w.out()], x.b[s*w.in():][:w.in()]
		clear(dx)
		for i := range w.Rows {
			for j := w.maxGradQuads(dx, dy, image, i); j < w.Cols; j++ {
				w.maxWindowGrad(dx, dy[(i*w.Cols+j)*w.Channels:][:w.Channels], image, i, j)
			}
		}
	}
}

func (w *Window) maxGradQuads(dx, dy, image []float32, i int) int {
	if n := w.quads(i); n > 0 {
		return w.run(kernelMaxGradQuads, n, operands{y: w.pair(dx, i), a: w.line(dy, i), b: w.pair(image, i)})
	}
	return 0
}

func (w *Window) maxWindowGrad(dx, dy, image []float32, i, j int) {
	top, bottom := w.rows(i)
	left, right := w.cols(j)
	for k, d := range dy {
		best := (top*w.Width+left)*w.Channels + k
		largest := image[best]
		for r := top; r < bottom; r++ {
			p := (r*w.Width+left)*w.Channels + k
			for c := left; c < right; c++ {
				if v := image[p]; v > largest || v != v {
					best, largest = p, v
				}
				p += w.Channels
			}
		}
		dx[best] += d
	}
}
