package gemm

import (
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/simd"
)

const (
	neonRows    = 4
	neonCols    = 16
	neonRowCols = 32 // of a tile of one row
	neonDepth   = 64 // of a stretch of k at an edge
)

// kernelsNEON computes the largest tiles as two tiles of the assembly, side by side.
var kernelsNEON = tileKernels{
	rows: neonRows, cols: 2 * neonCols, rowCols: 2 * neonRowCols, tile: tileNEON, copyPanel: copyPanelPortable, transpose: transposePortable, sparse: &sparseNEON,
}

func kernels(level simd.Level) *tileKernels {
	if level == simd.NEON {
		return &kernelsNEON
	}
	return &kernelsPortable
}

// gemmTileNEON computes, for i < 4 and j < 16, with one fused multiply-add a term and l in order,
//
//	c[i*ldc+j] = (c[i*ldc+j] if load, else 0) + sum over l < k of a[l*lda+i] * b[l*ldb+j]
//
// k must not be 0.
//
//go:noescape
func gemmTileNEON(k int, a *float32, lda int, b *float32, ldb int, c *float32, ldc int, load bool)

// gemmRowNEON is gemmTileNEON for one row and j < 32.
//
//go:noescape
func gemmRowNEON(k int, a *float32, lda int, b *float32, ldb int, c *float32, load bool)

func tileNEON(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, r epilogue.Rectifier, slope float32) {
	if k == 0 {
		tilePortable(rows, cols, k, a, lda, b, ldb, c, ldc, load, bias, r, slope)
		return
	}
	// The assembly must not go beyond these.
	_, _, _ = a[(k-1)*lda+rows-1], b[(k-1)*ldb+cols-1], c[(rows-1)*ldc+cols-1]
	for j, width := 0, 0; j < cols; j += width {
		width = min(cols-j, neonCols)
		switch {
		case rows == 1 && cols-j >= neonRowCols:
			width = neonRowCols
			gemmRowNEON(k, &a[0], lda, &b[j], ldb, &c[j], load)
		case rows == neonRows && width == neonCols:
			gemmTileNEON(k, &a[0], lda, &b[j], ldb, &c[j], ldc, load)
		default:
			edgeNEON(rows, width, k, a, lda, b[j:], ldb, c[j:], ldc, load)
		}
	}
	for i := range rows {
		epilogue.Row(c[i*ldc:][:cols], bias, r, slope)
	}
}

// edgeNEON computes a tile with fewer rows or columns. It copies it to a whole tile, stretch by
// stretch of k.
func edgeNEON(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool) {
	var whole struct {
		a [neonDepth][neonRows]float32
		b [neonDepth][neonCols]float32
		c [neonRows][neonCols]float32
	}
	if load {
		for i := range rows {
			copy(whole.c[i][:], c[i*ldc:][:cols])
		}
	}
	for l := 0; l < k; l += neonDepth {
		depth := min(k-l, neonDepth)
		pa, strideA, pb, strideB := &a[l*lda], lda, &b[l*ldb], ldb
		if rows < neonRows {
			for t := range depth {
				for i, v := range a[(l+t)*lda:][:rows] {
					whole.a[t][i] = v
				}
			}
			pa, strideA = &whole.a[0][0], neonRows
		}
		if cols < neonCols {
			for t := range depth {
				copy(whole.b[t][:], b[(l+t)*ldb:][:cols])
			}
			pb, strideB = &whole.b[0][0], neonCols
		}
		gemmTileNEON(depth, pa, strideA, pb, strideB, &whole.c[0][0], neonCols, true)
	}
	for i := range rows {
		copy(c[i*ldc:][:cols], whole.c[i][:])
	}
}
