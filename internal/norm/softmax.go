package norm

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// Softmax writes, for count rows of n numbers, with the largest number of the row,
//
//	e = exp(x - largest), y = e / (sum of e)
//
// It computes in float64; e and y are rounded to float32. The sum of a row is taken in the lanes of
// f32.Lanes. A row becomes NaN if it has a NaN or +Inf, or if all of it is -Inf. n must be at least
// 1.
func Softmax(y, x []float32, count, n int) {
	f32.CheckMatrix(x, count, n)
	f32.SameLength(y, x)
	overRows.Run(count, max(pool.Grain/max(n, 1)/16, 1), rows{y: y, x: x, n: n}, softmax)
}

func softmax(x rows, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		row, y := x.x[r*n:][:n], x.y[r*n:][:n]
		largest := row[0]
		for _, v := range row {
			if v > largest {
				largest = v
			}
		}
		var l f32.Lanes
		for i, v := range row {
			y[i] = float32(f32.Exp(f32.Widen(v) - f32.Widen(largest)))
			l[i&15] += float64(y[i])
		}
		sum := l.Sum()
		for i, e := range y {
			y[i] = float32(float64(e) / sum)
		}
	}
}

// SoftmaxGrad writes the gradient from the output y. It computes in float64, with the sum of dy*y
// over the row taken as in Softmax:
//
//	dx[r,i] = y[r,i] * (dy[r,i] - sum)
func SoftmaxGrad(dx, dy, y []float32, count, n int) {
	f32.CheckMatrix(y, count, n)
	f32.SameLengths(dx, dy, y)
	overRows.Run(count, max(pool.Grain/max(n, 1), 1), rows{y: dx, x: y, dy: dy, n: n}, softmaxGrad)
}

func softmaxGrad(x rows, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		dx, dy, y := x.y[r*n:][:n], x.dy[r*n:][:n], x.x[r*n:][:n]
		var l f32.Lanes
		for i, v := range y {
			l[i&15] += float64(float64(dy[i]) * float64(v))
		}
		sum := l.Sum()
		for i, v := range y {
			dx[i] = float32(float64(v) * (float64(dy[i]) - sum))
		}
	}
}
