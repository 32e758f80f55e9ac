package elementwise

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// Add writes y[i] = a[i] + b[i], in place if y is a or b.
func Add(y, a, b []float32) {
	f32.SameLengths(y, a, b)
	each(elements{y: y, a: a, b: b}, add)
}

func add(x elements, lo, hi int) {
	if vectorAdd(&x, lo, hi) {
		return
	}
	y, b := x.y[lo:hi], x.b[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = v + b[i]
	}
}

// Scale writes y[i] = a * x[i], in place if y is x.
func Scale(y, x []float32, a float32) {
	f32.SameLength(y, x)
	each(elements{y: y, a: x, p: a}, scale)
}

func scale(x elements, lo, hi int) {
	if vectorScale(&x, lo, hi) {
		return
	}
	y, a := x.y[lo:hi], x.p
	for i, v := range x.a[lo:hi] {
		y[i] = a * v
	}
}

// pixels are the operands of FromBytes. The assembly reads them where TestOperandsLayout says.
type pixels struct {
	y []float32
	x []byte
}

var overPixels pool.Range[pixels]

// FromBytes writes y[i] = float32(x[i]) / 255, which takes a pixel to [0, 1].
func FromBytes(y []float32, x []byte) {
	if len(y) != len(x) {
		panic("elementwise: slices differ in length")
	}
	overPixels.Run(len(y), pool.Grain, pixels{y, x}, fromBytes)
}

// byteRows are the operands of FromByteRows.
type byteRows struct {
	y []float32
	x [][]byte
}

var overByteRows pool.Range[byteRows]

// FromByteRows computes FromBytes of rows, which must be of the same length, one after another. The
// rows are mostly images from all over a large set, so that fetching them takes longer than
// converting them. Several goroutines fetch more at once.
func FromByteRows(y []float32, x [][]byte) {
	width := 0
	if len(x) > 0 {
		width = len(x[0])
	}
	for _, row := range x {
		if len(row) != width || len(y) != width*len(x) {
			panic("elementwise: slices differ in length")
		}
	}
	if width > 0 {
		overByteRows.Run(len(x), max(1, rowGrain/width), byteRows{y, x}, fromByteRows)
	}
}

const rowGrain = 1 << 13 // pixels that one goroutine takes at a time

func fromByteRows(x byteRows, lo, hi int) {
	width := len(x.x[0])
	for r := lo; r < hi; r++ {
		fromBytes(pixels{x.y[r*width:][:width], x.x[r]}, 0, width)
	}
}

func fromBytes(x pixels, lo, hi int) {
	if whole := lo + (hi-lo)&^15; whole > lo && vectorFromBytes(&x, lo, whole) {
		lo = whole
	}
	y := x.y[lo:hi]
	for i, v := range x.x[lo:hi] {
		y[i] = float32(v) / 255
	}
}
