package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/pooling"
)

// Window places the windows of a pooling on images of (Height, Width, Channels). There are Rows
// times Cols windows of Tall times Wide pixels. The next window begins Down rows below or Across
// columns to the right; the first begins Top rows above the image and Left columns to its left.
// Pixels outside of the image do not count.
type Window = pooling.Window

func images(rows int, w Window) Shape  { return Shape{rows, w.Height, w.Width, w.Channels} }
func windows(rows int, w Window) Shape { return Shape{rows, w.Rows, w.Cols, w.Channels} }

// MaxPool is the largest pixel of each window, in each channel. It is NaN if a pixel is NaN. The
// gradient goes to the first of several equal pixels. Input: (rows, height, width, channels).
// Output: (rows, w.Rows, w.Cols, channels).
func MaxPool(rows int, w Window) Op {
	return Op{
		Name: fmt.Sprintf("MaxPool(%d)%+v", rows, w),
		In:   []Shape{images(rows, w)},
		Out:  windows(rows, w),
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("MaxPoolGrad(%d)%+v", rows, w),
				In:   []Shape{windows(rows, w), images(rows, w)},
				Out:  images(rows, w),
			}.byRows(rows, func(rows int, dx []float32, x [][]float32) { pooling.MaxPoolGrad(dx, x[0], x[1], rows, &w) }), dy, x[0])}
		},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) { pooling.MaxPool(y, x[0], rows, &w) })
}

// AveragePool is the mean of the pixels of each window, in each channel. Pixels outside of the
// image do not count. Input and output: as MaxPool.
func AveragePool(rows int, w Window) Op {
	return sumPool("AveragePool", rows, w, true, windows(rows, w))
}

// GlobalAveragePool is the mean of all pixels in each channel. Input: (rows, height, width,
// channels). Output: (rows, channels).
func GlobalAveragePool(s Shape) Op {
	w := Window{Height: s[1], Width: s[2], Channels: s[3], Rows: 1, Cols: 1, Tall: s[1], Wide: s[2], Down: s[1], Across: s[2]}
	return sumPool("GlobalAveragePool", s[0], w, true, Shape{s[0], s[3]})
}

// sumPool adds up the pixels of each window. With mean it divides the sum by their number.
func sumPool(name string, rows int, w Window, mean bool, out Shape) Op {
	return Op{
		Name: fmt.Sprintf("%s(%d)%+v", name, rows, w),
		In:   []Shape{images(rows, w)},
		Out:  out,
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(spread(name+"Grad", rows, w, mean, out), dy)}
		},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) { pooling.SumPool(y, x[0], rows, &w, mean) })
}

// spread is the gradient of sumPool.
func spread(name string, rows int, w Window, mean bool, in Shape) Op {
	return Op{
		Name: fmt.Sprintf("%s(%d)%+v", name, rows, w),
		In:   []Shape{in},
		Out:  images(rows, w),
	}.byRows(rows, func(rows int, dx []float32, x [][]float32) { pooling.SumPoolGrad(dx, x[0], rows, &w, mean) })
}

// UpSample makes images down times as high and across times as wide: each pixel becomes a
// rectangle. Input: s, (rows, height, width, channels). Output: (rows, down·height, across·width,
// channels).
func UpSample(s Shape, down, across int) Op {
	w := Window{Height: down * s[1], Width: across * s[2], Channels: s[3], Rows: s[1], Cols: s[2],
		Tall: down, Wide: across, Down: down, Across: across}
	o := spread("UpSample", s[0], w, false, s)
	o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return []*G.Node{t.Do(sumPool("UpSampleGrad", s[0], w, false, s), dy)}
	}
	return o
}

// Bilinear makes images down times as high and across times as wide by bilinear interpolation
// between the centres of pixels. Beyond the outer centres the outer pixel repeats. Input and
// output: as UpSample.
func Bilinear(s Shape, down, across int) Op {
	e := pooling.Enlargement{Height: s[1], Width: s[2], Channels: s[3], Down: down, Across: across}
	out := Shape{s[0], down * s[1], across * s[2], s[3]}
	return Op{
		Name: fmt.Sprintf("Bilinear%v[%d,%d]", s, down, across),
		In:   []Shape{s},
		Out:  out,
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("BilinearGrad%v[%d,%d]", s, down, across),
				In:   []Shape{out},
				Out:  s,
			}.byRows(s[0], func(rows int, dx []float32, x [][]float32) { pooling.BilinearGrad(dx, x[0], rows, &e) }), dy)}
		},
	}.byRows(s[0], func(rows int, y []float32, x [][]float32) { pooling.Bilinear(y, x[0], rows, &e) })
}
