package f32

// Softmax writes, of rows of n numbers, in float64 but for e and y, with the largest number of the row and the sum of e in
// the lanes of sum.go, the row being one block, however long:
//
//	e = exp(x - largest), y = e / (sum of e)
//
// A row with a NaN or +Inf, or of -Inf alone, becomes NaN. n must be at least 1.
func Softmax(y, x []float32, rows, n int) {
	matrix(x, rows, n)
	same(y, x)
	parallelRange(rows, max(grain/max(n, 1)/16, 1), operands{y: y, a: x, keys: channelKeys(rows, n)}, softmax)
}

func softmax(x operands, lo, hi int) {
	n := int(x.keys[1])
	for r := lo; r < hi; r++ {
		row, y := x.a[r*n:][:n], x.y[r*n:][:n]
		largest := row[0]
		for _, v := range row {
			if v > largest {
				largest = v
			}
		}
		var l lanes
		for i, v := range row {
			y[i] = float32(exp(widen(v) - widen(largest)))
			l[i&15] += float64(y[i])
		}
		sum := l.sum()
		for i, e := range y {
			y[i] = float32(float64(e) / sum)
		}
	}
}

// SoftmaxGrad writes the gradient from the output y, in float64, with the sum of dy*y over the row as in Softmax:
//
//	dx[i] = y[i] * (dy[i] - sum)
func SoftmaxGrad(dx, dy, y []float32, rows, n int) {
	matrix(y, rows, n)
	same3(dx, dy, y)
	parallelRange(rows, max(grain/max(n, 1), 1), operands{y: dx, a: dy, b: y, keys: channelKeys(rows, n)}, softmaxGrad)
}

func softmaxGrad(x operands, lo, hi int) {
	n := int(x.keys[1])
	for r := lo; r < hi; r++ {
		dx, dy, y := x.y[r*n:][:n], x.a[r*n:][:n], x.b[r*n:][:n]
		var l lanes
		for i, v := range y {
			l[i&15] += float64(float64(dy[i]) * float64(v))
		}
		sum := l.sum()
		for i, v := range y {
			dx[i] = float32(float64(v) * (float64(dy[i]) - sum))
		}
	}
}
