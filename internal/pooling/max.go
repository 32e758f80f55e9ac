package pooling

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// MaxPool writes, for each window and channel, the largest pixel that the window covers:
//
//	y = x[first]; for the others, row by row: if x[p] > y or x[p] is NaN, y = x[p]
//
// So the first of equal pixels counts (-0 and +0 are equal), and a NaN comes before all numbers.
func MaxPool(y, x []float32, samples int, w *Window) {
	w.check(x, y, samples)
	w.run(samples, operands{y: y, x: x}, maxPool)
}

func maxPool(x operands, lo, hi int) {
	w := x.Window
	for s := lo; s < hi; s++ {
		image, out := x.x[s*w.in():][:w.in()], x.y[s*w.out():][:w.out()]
		for i := range w.Rows {
			for j := w.maxQuads(out, image, i); j < w.Cols; j++ {
				w.maxWindow(out[(i*w.Cols+j)*w.Channels:][:w.Channels], image, i, j)
			}
		}
	}
}

// maxQuads computes the first windows of row i by vectors and returns how many.
func (w *Window) maxQuads(out, image []float32, i int) int {
	if q := w.quads(out, image, nil, i); q.windows > 0 && vectorMaxQuads(&q, 0, w.Channels) {
		return q.windows
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

// MaxPoolGrad writes the gradient of MaxPool. dx is +0. Then each window, row by row, adds its dy
// to the pixel that MaxPool takes, or to the last NaN if there are several.
func MaxPoolGrad(dx, dy, x []float32, samples int, w *Window) {
	f32.SameLength(dx, x)
	w.check(x, dy, samples)
	w.run(samples, operands{y: dx, x: x, dy: dy}, maxPoolGrad)
}

func maxPoolGrad(x operands, lo, hi int) {
	w := x.Window
	for s := lo; s < hi; s++ {
		dx, dy, image := x.y[s*w.in():][:w.in()], x.dy[s*w.out():][:w.out()], x.x[s*w.in():][:w.in()]
		clear(dx)
		for i := range w.Rows {
			for j := w.maxGradQuads(dx, dy, image, i); j < w.Cols; j++ {
				w.maxWindowGrad(dx, dy[(i*w.Cols+j)*w.Channels:][:w.Channels], image, i, j)
			}
		}
	}
}

// maxGradQuads is maxQuads for the gradient.
func (w *Window) maxGradQuads(dx, dy, image []float32, i int) int {
	if q := w.quads(dy, image, dx, i); q.windows > 0 && vectorMaxGradQuads(&q, 0, w.Channels) {
		return q.windows
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
