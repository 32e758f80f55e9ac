package gemm

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/epilogue"
)

// The portable kernel copies a stretch of the two panels into blocks of 2 rows and of 4 columns, in
// the type that suits the processor. It multiplies block by block.

const (
	portableRows  = 16
	portableCols  = 32
	portableDepth = 64
)

var kernelsPortable = tileKernels{
	rows: portableRows, cols: portableCols, rowCols: portableCols, tile: tilePortable, copyPanel: copyPanelPortable, transpose: transposePortable,
}

func tilePortable(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, r epilogue.Rectifier, slope float32) {
	var panels portablePanels
	if !load {
		for i := range rows {
			clear(c[i*ldc:][:cols])
		}
	}
	for l := 0; l < k; l += portableDepth {
		depth := min(k-l, portableDepth)
		coarse := panels.fill(rows, cols, depth, a[l*lda:], lda, b[l*ldb:], ldb)
		for i := 0; i < rows; i += 2 {
			for j := 0; j < cols; j += 4 {
				panels.multiply(i, j, min(rows-i, 2), min(cols-j, 4), depth, c[i*ldc+j:], ldc, coarse)
			}
		}
	}
	for i := range rows {
		epilogue.Row(c[i*ldc:][:cols], bias, r, slope)
	}
}

// portablePanels holds a stretch of a panel of A and one of B. The numbers beyond the last row or
// column do not matter.
type portablePanels struct {
	a [portableRows / 2][portableDepth][2]wide
	b [portableCols / 4][portableDepth][4]wide
}

// fill copies the panels and reports whether all their products are multiples of the smallest
// subnormal.
func (p *portablePanels) fill(rows, cols, depth int, a []float32, lda int, b []float32, ldb int) (coarse bool) {
	leastA, leastB := uint32(math.MaxUint32), uint32(math.MaxUint32)
	for l := range depth {
		for i, v := range a[l*lda:][:rows] {
			p.a[i/2][l][i%2] = wide(v)
			leastA = min(leastA, magnitude(v))
		}
		for j, v := range b[l*ldb:][:cols] {
			p.b[j/4][l][j%4] = wide(v)
			leastB = min(leastB, magnitude(v))
		}
	}
	return leastA>>24+leastB>>24 >= coarseExponents
}

// multiply adds products to the block of C that begins with the first element of c.
func (p *portablePanels) multiply(i, j, rows, cols, depth int, c []float32, ldc int, coarse bool) {
	var block [2][4]wide
	for r := range rows {
		for s, v := range c[r*ldc:][:cols] {
			block[r][s] = wide(v)
		}
	}
	multiplyBlock(&block, p.a[i/2][:depth], p.b[j/4][:depth], coarse)
	for r := range rows {
		row := c[r*ldc:][:cols]
		for s := range row {
			row[s] = float32(block[r][s])
		}
	}
}

// magnitude orders the numbers other than zero by size; zero is the largest. The highest 8 bits are
// at most the exponent as it is stored, 127 for 1.
func magnitude(v float32) uint32 { return math.Float32bits(v)<<1 - 1 }

// Two numbers with the stored exponents p and q are multiples of 2^(p-150) and 2^(q-150). Their
// product is a multiple of 2^-149 if p+q is at least coarseExponents. (A power of two counts as if
// its exponent were one lower, a subnormal as if it were 0.)
const coarseExponents = 300 - 149
