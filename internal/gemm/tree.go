package gemm

import (
	"math/bits"

	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// A product whose terms are in parts is a sum of products, one for each part, that are added in pairs, the
// sums again in pairs, and so on. The sums of a few tiles stay in the caches meanwhile.

// MulTree is Mul for a transposed A and without add, with the terms in parts of one length, whose number is a
// power of two: with P parts, of which each has d = k/P terms,
//
//	s[p] = the product of the terms p*d, ..., (p+1)*d-1, as Mul computes it
//	c    = ((s[0] + s[1]) + (s[2] + s[3])) + ..., in pairs of pairs
//
// Each sum is rounded once. It panics if k is not a multiple of the parts, or they are no power of two.
func MulTree(m, n, k, parts int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	if parts < 1 || parts&(parts-1) != 0 || k%parts != 0 {
		panic("gemm: the parts of a sum are not equal, or no power of two")
	}
	kernels(simd.Current()).multiplyTree(m, n, k, parts, a, lda, b, ldb, c, ldc)
}

// multiplyTree is MulTree with these kernels.
func (kn *tileKernels) multiplyTree(m, n, k, parts int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	together, depth := parts, k // parts that a block of k holds, and their terms
	for together > 1 && depth > maxDepth {
		together, depth = together/2, depth/2
	}
	if k == 0 {
		together, parts = 1, 1
	}
	if together == parts {
		kn.multiplyParts(true, false, m, n, k, parts, a, lda, b, ldb, false, c, ldc, epilogue.Epilogue{})
		return
	}
	check(true, false, m, n, k, a, lda, b, ldb, c, ldc)
	p := take()
	defer p.giveBack()
	p.sum = grow(p.sum, m*n)
	p.whole.Begin(p.sum)
	for l := 0; l < k; l += depth {
		sum := p.whole.Next()
		kn.multiplyParts(true, false, m, n, depth, together, a[l*lda:], lda, b[l*ldb:], ldb, false, sum, n, epilogue.Epilogue{})
		p.whole.Add(sum)
	}
	copyRows(m, n, c, ldc, p.sum, n)
}

// treeTiles is tiles for a sum in parts, without an epilogue.
func (p *product) treeTiles(worker, colPanel, firstPanel, endPanel int) {
	col, cols := p.panelCols(colPanel)
	b, ldb := p.panelB(worker, col, cols)
	x, depth := &p.panels[worker], p.depth/p.parts
	if p.tree == nil || p.rowCount == 1 {
		p.partTiles(x, col, cols, b, ldb, firstPanel, endPanel)
		return
	}
	x.sum = grow(x.sum, bits.TrailingZeros(uint(p.parts))*max(p.rows*p.cols, p.wideRows*p.wideCols))
	for panel := firstPanel; panel < endPanel; panel++ {
		row, rows := p.panelRows(panel)
		a, lda := p.panelA(row, rows)
		p.tree(rows, cols, depth, p.parts, a, lda, b, ldb, p.c[(p.row0+row)*p.ldc+p.col0+col:], p.ldc, x.sum)
	}
}

// partTiles computes the tiles of all row panels for one part after the other, and writes C at the end.
func (p *product) partTiles(x *packedPanel, col, cols int, b []float32, ldb, firstPanel, endPanel int) {
	top, _ := p.panelRows(firstPanel)
	last, count := p.panelRows(endPanel - 1)
	x.sum = grow(x.sum, (last+count-top)*cols)
	depth := p.depth / p.parts
	x.tree.Begin(x.sum)
	for l := 0; l < p.depth; l += depth {
		sum := x.tree.Next()
		for panel := firstPanel; panel < endPanel; panel++ {
			row, rows := p.panelRows(panel)
			a, lda := p.panelA(row, rows)
			p.tile(rows, cols, depth, a[l*lda:], lda, b[l*ldb:], ldb, sum[(row-top)*cols:], cols, false, nil, epilogue.None, 0)
		}
		x.tree.Add(sum)
	}
	copyRows(last+count-top, cols, p.c[(p.row0+top)*p.ldc+p.col0+col:], p.ldc, x.sum, cols)
}

// copyRows copies a matrix.
func copyRows(rows, cols int, dst []float32, ldd int, src []float32, lds int) {
	for i := range rows {
		copy(dst[i*ldd:][:cols], src[i*lds:])
	}
}
