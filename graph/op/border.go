package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// Border is a number of rows and columns on each side of an image.
type Border struct{ Top, Bottom, Left, Right int }

// around returns the shape of images of shape s with the border around them.
func (b Border) around(s Shape) Shape {
	return Shape{s[0], b.Top + s[1] + b.Bottom, b.Left + s[2] + b.Right, s[3]}
}

// ZeroPad puts a border of zeros around images. Input: s, (rows, height, width, channels). Output:
// (rows, b.Top+height+b.Bottom, b.Left+width+b.Right, channels).
func ZeroPad(s Shape, b Border) Op {
	return Op{
		Name: fmt.Sprintf("ZeroPad%v%+v", s, b),
		In:   []Shape{s},
		Out:  b.around(s),
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Crop(s, b), dy)}
		},
	}.byRows(s[0], func(rows int, y []float32, x [][]float32) {
		clear(y)
		b.each(rows, s, func(inner, outer, n int) { copy(y[outer:][:n], x[0][inner:]) })
	})
}

// Crop takes a border away from images. Input: (rows, b.Top+height+b.Bottom, b.Left+width+b.Right,
// channels). Output: s, (rows, height, width, channels).
func Crop(s Shape, b Border) Op {
	return Op{
		Name: fmt.Sprintf("Crop%v%+v", s, b),
		In:   []Shape{b.around(s)},
		Out:  s,
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(ZeroPad(s, b), dy)}
		},
	}.byRows(s[0], func(rows int, y []float32, x [][]float32) {
		b.each(rows, s, func(inner, outer, n int) { copy(y[inner:][:n], x[0][outer:]) })
	})
}

// EdgePad puts a border around images in which the outer pixels of the image repeat. Input and
// output: as ZeroPad.
func EdgePad(s Shape, b Border) Op {
	out := b.around(s)
	return Op{
		Name: fmt.Sprintf("EdgePad%v%+v", s, b),
		In:   []Shape{s},
		Out:  out,
		Grad: func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("EdgePadGrad%v%+v", s, b),
				In:   []Shape{out},
				Out:  s,
			}.byRows(s[0], func(rows int, dx []float32, x [][]float32) {
				clear(dx)
				b.eachPixel(rows, s, func(inner, outer int) {
					for c, v := range x[0][outer:][:s[3]] {
						dx[inner+c] += v
					}
				})
			}), dy)}
		},
	}.byRows(s[0], func(rows int, y []float32, x [][]float32) {
		b.eachPixel(rows, s, func(inner, outer int) { copy(y[outer:][:s[3]], x[0][inner:]) })
	})
}

// each calls f for each row of pixels of so many images, of shape s[1:]: where it begins in the images, where it
// begins in the images with a border, and its length.
func (b Border) each(rows int, s Shape, f func(inner, outer, n int)) {
	height, width, c := s[1], s[2], s[3]
	wide := (b.Left + width + b.Right) * c
	for r := range rows {
		for i := range height {
			f((r*height+i)*width*c, (r*(b.Top+height+b.Bottom)+b.Top+i)*wide+b.Left*c, width*c)
		}
	}
}

// eachPixel calls f for each pixel of the images with a border: where it begins there, and where the
// nearest pixel of so many images, of shape s[1:], begins.
func (b Border) eachPixel(rows int, s Shape, f func(inner, outer int)) {
	height, width, c := s[1], s[2], s[3]
	outer := 0
	for r := range rows {
		for i := range b.Top + height + b.Bottom {
			row := (r*height + min(max(i-b.Top, 0), height-1)) * width
			for j := range b.Left + width + b.Right {
				f((row+min(max(j-b.Left, 0), width-1))*c, outer)
				outer += c
			}
		}
	}
}
