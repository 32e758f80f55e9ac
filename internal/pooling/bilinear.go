package pooling

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// An Enlargement makes channels-last images of (Height, Width, Channels) Down times as high and
// Across times as wide.
type Enlargement struct{ Height, Width, Channels, Down, Across int }

func (e *Enlargement) in() int  { return e.Height * e.Width * e.Channels }
func (e *Enlargement) out() int { return e.in() * e.Down * e.Across }

// check checks an enlargement, and the images of so many samples.
func (e *Enlargement) check(small, large []float32, samples int) {
	if e.Height < 1 || e.Width < 1 || e.Channels < 1 || e.Down < 1 || e.Across < 1 {
		panic("pooling: an enlargement of nothing")
	}
	f32.CheckMatrix(small, samples, e.in())
	f32.CheckMatrix(large, samples, e.out())
}

// neighbours returns, for element i of an axis that is factor times as long as n, the two elements
// between whose centres its centre lies, and their weights. Element i of an axis has its centre at
// i + 1/2. Beyond the outer centres, only the outer element counts.
func neighbours(i, factor, n int) (low, high int, lowWeight, highWeight float32) {
	// twice the distance from the centre of element 0, in units of 1/factor
	d := min(max(2*i+1-factor, 0), 2*factor*(n-1))
	low = d / (2 * factor)
	highWeight = float32(d-2*factor*low) / float32(2*factor)
	return low, min(low+1, n-1), 1 - highWeight, highWeight
}

// corners calls f for each element of the larger image, row by row. It passes the offsets of the
// four neighbours in the smaller image, row by row too, and their weights.
func (e *Enlargement) corners(f func(at int, from [4]int, weight [4]float32)) {
	width := e.Width * e.Across
	for i := range e.Height * e.Down {
		top, bottom, above, below := neighbours(i, e.Down, e.Height)
		for j := range width {
			left, right, before, behind := neighbours(j, e.Across, e.Width)
			f((i*width+j)*e.Channels,
				[4]int{
					(top*e.Width + left) * e.Channels, (top*e.Width + right) * e.Channels,
					(bottom*e.Width + left) * e.Channels, (bottom*e.Width + right) * e.Channels,
				},
				[4]float32{above * before, above * behind, below * before, below * behind})
		}
	}
}

type enlargeOperands struct {
	*Enlargement
	y, x []float32
}

var overEnlarged pool.Range[enlargeOperands]

// run runs f on all samples.
func (e *Enlargement) run(y, x []float32, samples int, f func(x enlargeOperands, lo, hi int)) {
	overEnlarged.Run(samples, max(pool.Grain/e.out(), 1), enlargeOperands{e, y, x}, f)
}

// Bilinear enlarges images by bilinear interpolation between the centres of pixels:
//
//	y = x[0]*weight[0] + x[1]*weight[1] + x[2]*weight[2] + x[3]*weight[3]
//
// The four neighbours are taken row by row. Their weights are products of the weights that
// neighbours returns for the row and for the column.
func Bilinear(y, x []float32, samples int, e *Enlargement) {
	e.check(x, y, samples)
	e.run(y, x, samples, bilinear)
}

func bilinear(x enlargeOperands, lo, hi int) {
	e := x.Enlargement
	e.corners(func(at int, from [4]int, weight [4]float32) {
		for s := lo; s < hi; s++ {
			y, image := x.y[s*e.out()+at:][:e.Channels], x.x[s*e.in():][:e.in()]
			a, b := image[from[0]:][:len(y)], image[from[1]:][:len(y)]
			c, d := image[from[2]:][:len(y)], image[from[3]:][:len(y)]
			for k := range y {
				y[k] = float32(a[k]*weight[0]) + float32(b[k]*weight[1]) + float32(c[k]*weight[2]) + float32(d[k]*weight[3])
			}
		}
	})
}

// BilinearGrad writes the gradient of Bilinear. dx is +0. Then each element of dy, row by row, adds
// its products with the weights to its four neighbours, in their order.
func BilinearGrad(dx, dy []float32, samples int, e *Enlargement) {
	e.check(dx, dy, samples)
	e.run(dx, dy, samples, bilinearGrad)
}

func bilinearGrad(x enlargeOperands, lo, hi int) {
	e := x.Enlargement
	clear(x.y[lo*e.in() : hi*e.in()])
	e.corners(func(at int, from [4]int, weight [4]float32) {
		for s := lo; s < hi; s++ {
			dy, image := x.x[s*e.out()+at:][:e.Channels], x.y[s*e.in():][:e.in()]
			for i, w := range weight {
				to := image[from[i]:][:len(dy)]
				for k, d := range dy {
					to[k] += float32(d * w)
				}
			}
		}
	})
}
