package gemm

import (
	"github.com/gorgonae/gorgonae/internal/elementwise"
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
	if k <= maxDepth {
		kn.multiplyParts(true, false, m, n, k, parts, a, lda, b, ldb, false, c, ldc, epilogue.Epilogue{})
		return
	}
	check(true, false, m, n, k, a, lda, b, ldb, c, ldc)
	var t tree
	sum := make([]float32, m*n)
	t.add(0, parts, 0, sum, func(part int, sum []float32) {
		l := part * (k / parts)
		kn.multiplyParts(true, false, m, n, k/parts, 1, a[l*lda:], lda, b[l*ldb:], ldb, false, sum, n, epilogue.Epilogue{})
	})
	for i := range m {
		copy(c[i*ldc:][:n], sum[i*n:])
	}
}

// tree is the memory of sums that wait for their partners.
type tree struct{ waiting [][]float32 }

// add adds up parts from first on. one computes a part. depth is 0 at the root.
func (t *tree) add(first, parts, depth int, sum []float32, one func(part int, sum []float32)) {
	if parts == 1 {
		one(first, sum)
		return
	}
	half := parts / 2
	t.add(first, half, depth+1, sum, one)
	if len(t.waiting) <= depth {
		t.waiting = append(t.waiting, make([][]float32, depth+1-len(t.waiting))...)
	}
	t.waiting[depth] = grow(t.waiting[depth], len(sum))
	right := t.waiting[depth]
	t.add(first+half, half, depth+1, right, one)
	elementwise.Add(sum, sum, right)
}

// treeTiles is tiles for a sum in parts, without an epilogue: it computes the tiles of all row panels for one
// part after the other, and writes C at the end.
func (p *product) treeTiles(worker, colPanel, firstPanel, endPanel int) {
	col, cols := p.panelCols(colPanel)
	b, ldb := p.panelB(worker, col, cols)
	top, _ := p.panelRows(firstPanel)
	last, count := p.panelRows(endPanel - 1)
	x := &p.panels[worker]
	x.sum = grow(x.sum, (last+count-top)*cols)
	depth := p.depth / p.parts
	x.tree.add(0, p.parts, 0, x.sum, func(part int, sum []float32) {
		for panel := firstPanel; panel < endPanel; panel++ {
			row, rows := p.panelRows(panel)
			a, lda := p.panelA(row, rows)
			p.tile(rows, cols, depth, a[part*depth*lda:], lda, b[part*depth*ldb:], ldb, sum[(row-top)*cols:], cols, false, nil, epilogue.None, 0)
		}
	})
	for i := range last + count - top {
		copy(p.c[(p.row0+top+i)*p.ldc+p.col0+col:][:cols], x.sum[i*cols:])
	}
}
