package conv

import (
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// A segment is a stretch of a sum: the places in A and in B where its terms begin.
type segment struct{ a, b int }

// A tile is a part of a product of A and B. Its sums run over segments. For i < rows and j < cols,
// with one fused multiply-add a term, over the segments s in order, and over l in order in each,
//
//	c[i*cRow+j] = +0 + sum over s, l < inner of a[s.a + i*aRow + l*aStep] * b[s.b + l*bStep + j]
//
// Then bias[j] is added, unless bias is nil, and the rectifier is applied.
type tile struct {
	rows, cols  int
	inner       int
	aRow, aStep int
	bStep, cRow int
	segments    []segment
	rectifier   epilogue.Rectifier
	slope       float32
}

// A kernel is an implementation of tiles for a processor.
type kernel struct {
	lanes int     // of a vector
	rows  [12]int // of the largest tile of 1, 2, ... vectors; 0 if the only tile has one row
	tile  func(t *tile, a, b, c, bias []float32)

	laneRows int // of the largest tile of lanes16
	// lanes16 is tile.lanes for at most laneRows rows.
	lanes16 func(t *tile, a, b, c, bias []float32)

	// copyRows writes dst[i*ldd+j] = src[i*lds+j] for i < rows and j < width, both at least 1.
	copyRows func(rows, width int, dst []float32, ldd int, src []float32, lds int)
}

// size returns how many columns a tile has, and how many rows at most, for a product that has so
// many rows and columns left.
func (kn *kernel) size(rows, cols int) (width, most int) {
	vecs := min((cols+kn.lanes-1)/kn.lanes, len(kn.rows))
	for rows > 1 && kn.rows[vecs-1] == 0 {
		vecs--
	}
	return min(cols, vecs*kn.lanes), max(kn.rows[vecs-1], 1)
}

// product computes rows x cols elements by tiles. a and b may be nil if there are no segments.
func (t *tile) product(rows, cols int, a, b, c, bias []float32) {
	kn := kernels(simd.Current())
	for col := 0; col < cols; col += t.cols {
		var most int
		t.cols, most = kn.size(rows, cols-col)
		if rows <= most { // without the divisions, which take as long as a small tile
			t.rows = rows
			kn.tile(t, a, from(b, col), c[col:], from(bias, col))
			continue
		}
		tiles := (rows + most - 1) / most
		for n := range tiles {
			first := n * rows / tiles
			t.rows = (n+1)*rows/tiles - first
			kn.tile(t, from(a, first*t.aRow), from(b, col), c[first*t.cRow+col:], from(bias, col))
		}
	}
}

// from returns x[i:], and nil for nil.
func from(x []float32, i int) []float32 {
	if x == nil {
		return nil
	}
	return x[i:]
}

var portable = kernel{
	lanes: 32, rows: [12]int{16}, tile: tilePortable, laneRows: 16, lanes16: lanesPortable, copyRows: copyRowsPortable,
}

func tilePortable(t *tile, a, b, c, bias []float32) {
	for i := range t.rows {
		y := c[i*t.cRow:][:t.cols]
		clear(y)
		for _, s := range t.segments {
			for l := range t.inner {
				x, row := a[s.a+i*t.aRow+l*t.aStep], b[s.b+l*t.bStep:][:t.cols]
				for j, v := range row {
					y[j] = f32.FMA(x, v, y[j])
				}
			}
		}
		if bias != nil {
			bias = bias[:t.cols]
		}
		epilogue.Row(y, bias, t.rectifier, t.slope)
	}
}
