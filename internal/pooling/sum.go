package pooling

// SumPool writes, for each window and channel, the sum of the pixels that the window covers, row by
// row from the first on. With mean, the sum is divided by the number of these pixels.
func SumPool(y, x []float32, samples int, w *Window, mean bool) {
	w.check(x, y, samples)
	w.run(samples, operands{y: y, x: x, mean: mean}, sumPool)
}

// over returns the divisor of the sum over the pixels of window (i, j).
func (x *operands) over(i, j int) float32 {
	if !x.mean {
		return 1
	}
	top, bottom := x.rows(i)
	left, right := x.cols(j)
	return float32((bottom - top) * (right - left))
}

// factor multiplies the sum over a window of four pixels. It is exact, so it equals a division by
// over.
func (x *operands) factor() float32 {
	if x.mean {
		return 0.25
	}
	return 1
}

func sumPool(x operands, lo, hi int) {
	w := x.Window
	for s := lo; s < hi; s++ {
		image, out := x.x[s*w.in():][:w.in()], x.y[s*w.out():][:w.out()]
		for i := range w.Rows {
			for j := w.sumQuads(out, image, x.factor(), i); j < w.Cols; j++ {
				w.sumWindow(out[(i*w.Cols+j)*w.Channels:][:w.Channels], image, x.over(i, j), i, j)
			}
		}
	}
}

// sumQuads computes the first windows of row i by vectors and returns how many.
func (w *Window) sumQuads(out, image []float32, factor float32, i int) int {
	q := w.quads(out, image, nil, i)
	q.factor = factor
	if q.windows > 0 && vectorSumQuads(&q, 0, w.Channels) {
		return q.windows
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

// SumPoolGrad writes the gradient of SumPool. dx is +0. Then each window, row by row, adds its dy
// to each of its pixels; with mean, it adds dy divided by their number. If the windows lie side by
// side, this enlarges an image to the size of the input of SumPool, by repeating pixels.
func SumPoolGrad(dx, dy []float32, samples int, w *Window, mean bool) {
	w.check(dx, dy, samples)
	w.run(samples, operands{y: dx, dy: dy, mean: mean}, sumPoolGrad)
}

func sumPoolGrad(x operands, lo, hi int) {
	w := x.Window
	for s := lo; s < hi; s++ {
		dx, dy := x.y[s*w.in():][:w.in()], x.dy[s*w.out():][:w.out()]
		clear(dx)
		for i := range w.Rows {
			for j := w.spreadQuads(dx, dy, x.factor(), i); j < w.Cols; j++ {
				w.spread(dx, dy[(i*w.Cols+j)*w.Channels:][:w.Channels], x.over(i, j), i, j)
			}
		}
	}
}

// spreadQuads is sumQuads for the gradient.
func (w *Window) spreadQuads(dx, dy []float32, factor float32, i int) int {
	q := w.quads(dy, nil, dx, i)
	q.factor = factor
	if q.windows > 0 && vectorSpreadQuads(&q, 0, w.Channels) {
		return q.windows
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
