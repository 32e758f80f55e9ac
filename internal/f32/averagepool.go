package f32

// SumPool writes, for each window and channel, the sum of the pixels that the window covers, row by row from the first
// on. With mean the sum is divided by their number.
func SumPool(y, x []float32, samples int, w *Window, mean bool) {
	w.check(x, y, samples)
	parallelRange(samples, w.grain(), operands{y: y, a: x, window: w, s: w.divisor(mean)}, sumPool)
}

// divisor makes s[0] 0 for none, and s[1] the factor of a window of four pixels.
func (w *Window) divisor(mean bool) [6]float32 {
	if mean {
		return scalars(1, 0.25)
	}
	return scalars(0, 1)
}

// over is what a sum over the pixels of window (i, j) is divided by.
func (w *Window) over(x *operands, i, j int) float32 {
	if x.s[0] == 0 {
		return 1
	}
	top, bottom := w.rows(i)
	left, right := w.cols(j)
	return float32((bottom - top) * (right - left))
}

func sumPool(x operands, lo, hi int) {
	w := x.window
	for s := lo; s < hi; s++ {
		image, out := x.a[s*w.in():][:w.in()], x.y[s*w.out():][:w.out()]
		for i := range w.Rows {
			for j := w.sumQuads(out, image, x.s[1], i); j < w.Cols; j++ {
				w.sumWindow(out[(i*w.Cols+j)*w.Channels:][:w.Channels], image, w.over(&x, i, j), i, j)
			}
		}
	}
}

func (w *Window) sumQuads(out, image []float32, factor float32, i int) int {
	if n := w.quads(i); n > 0 {
		return w.run(kernelSumQuads, n, operands{y: w.line(out, i), a: w.pair(image, i), s: scalars(factor)})
	}
	return 0
}

func (w *Window) sumWindow(y, image []float32, over float32, i, j int) {
	top, bottom := w.rows(i)
	left, right := w.cols(j)
	first := (top*w.Width + left) * w.Channels
	copy(y, image[first:])
	for r := top; r < bottom; r++ {
		for c := left; c < right; c++ {
			at := (r*w.Width + c) * w.Channels
			if at == first {
				continue
			}
			for k, v := range image[at:][:len(y)] {
				y[k] += v
			}
		}
	}
	if over != 1 {
		for k, v := range y {
			y[k] = v / over
		}
	}
}

// SumPoolGrad writes the gradient of SumPool: dx is +0, and then each window, row by row, adds its dy to each of its
// pixels; with mean, dy divided by their number. Of windows that lie side by side it is the enlargement of an image to
// that of SumPool's input, pixel for pixel.
func SumPoolGrad(dx, dy []float32, samples int, w *Window, mean bool) {
	w.check(dx, dy, samples)
	parallelRange(samples, w.grain(), operands{y: dx, a: dy, window: w, s: w.divisor(mean)}, sumPoolGrad)
}

func sumPoolGrad(x operands, lo, hi int) {
	w := x.window
	for s := lo; s < hi; s++ {
		dx, dy := x.y[s*w.in():][:w.in()], x.a[s*w.out():][:w.out()]
		clear(dx)
		for i := range w.Rows {
			for j := w.spreadQuads(dx, dy, x.s[1], i); j < w.Cols; j++ {
				w.spread(dx, dy[(i*w.Cols+j)*w.Channels:][:w.Channels], w.over(&x, i, j), i, j)
			}
		}
	}
}

func (w *Window) spreadQuads(dx, dy []float32, factor float32, i int) int {
	if n := w.quads(i); n > 0 {
		return w.run(kernelSpreadQuads, n, operands{y: w.pair(dx, i), a: w.line(dy, i), s: scalars(factor)})
	}
	return 0
}

func (w *Window) spread(dx, dy []float32, over float32, i, j int) {
	top, bottom := w.rows(i)
	left, right := w.cols(j)
	for r := top; r < bottom; r++ {
		for c := left; c < right; c++ {
			to := dx[(r*w.Width+c)*w.Channels:][:len(dy)]
			for k, d := range dy {
				to[k] += d / over
			}
		}
	}
}
