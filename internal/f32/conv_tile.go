package f32

// A convSegment is a stretch of a sum: where its terms begin in A and in B.
type convSegment struct{ a, b int }

// convTile is a tile of a product whose sums run over segments. For i < rows and j < cols, with one fused multiply-add a
// term, segments s and then l in order,
//
//	c[i*cRow+j] = +0 + sum over s and l < inner of a[s.a + i*aRow + l*aStep] * b[s.b + l*bStep + j]
//
// and then bias[j] is added, unless bias is nil, and act applied.
type convTile struct {
	rows, cols  int
	inner       int
	aRow, aStep int
	bStep, cRow int
	segments    []convSegment
	act         Act
	slope       float32
}

// convKernel is an implementation of tiles.
type convKernel struct {
	lanes int     // of a vector
	rows  [12]int // of the largest tile of 1, 2, ... vectors; 0 where there is only a tile of one row
	tile  func(t *convTile, a, b, c, bias []float32)

	laneRows int // of the largest tile of lanes16, which computes what convTile.lanes says
	lanes16  func(t *convTile, a, b, c, bias []float32)

	// copyRows writes dst[i*ldd+j] = src[i*lds+j] for i < rows and j < width, both at least 1.
	copyRows func(rows, width int, dst []float32, ldd int, src []float32, lds int)
}

// size returns how many columns the tiles have, and how many rows at most, of a product that has so many left.
func (kn *convKernel) size(rows, cols int) (width, most int) {
	vecs := min((cols+kn.lanes-1)/kn.lanes, len(kn.rows))
	for rows > 1 && kn.rows[vecs-1] == 0 {
		vecs--
	}
	return min(cols, vecs*kn.lanes), max(kn.rows[vecs-1], 1)
}

// product computes rows x cols by tiles. a and b may be nil if there are no segments.
func (t *convTile) product(rows, cols int, a, b, c, bias []float32) {
	kn := convKernels(simd)
	for col := 0; col < cols; col += t.cols {
		var most int
		t.cols, most = kn.size(rows, cols-col)
		tiles := (rows + most - 1) / most
		for n := range tiles {
			first := n * rows / tiles
			t.rows = (n+1)*rows/tiles - first
			kn.tile(t, from(a, first*t.aRow), from(b, col), c[first*t.cRow+col:], from(bias, col))
		}
	}
}

// from is x[i:], or nil if x is.
func from(x []float32, i int) []float32 {
	if x == nil {
		return nil
	}
	return x[i:]
}

var convPortable = convKernel{lanes: 32, rows: [12]int{16}, tile: convTilePortable, laneRows: 16, lanes16: convLanesPortable, copyRows: copyRowsPortable}

func convTilePortable(t *convTile, a, b, c, bias []float32) {
	for i := range t.rows {
		y := c[i*t.cRow:][:t.cols]
		clear(y)
		for _, s := range t.segments {
			for l := range t.inner {
				x, row := a[s.a+i*t.aRow+l*t.aStep], b[s.b+l*t.bStep:][:t.cols]
				for j, v := range row {
					y[j] = fma32(x, v, y[j])
				}
			}
		}
		if bias != nil {
			bias = bias[:t.cols]
		}
		finishRow(y, bias, t.act, t.slope)
	}
}
