package gemm

import (
	"runtime"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// A product is cut into tiles of C that fit in the registers. The sums of a tile stay there over a
// block of k. In the next block they go on from C, so blocks do not show in the bits. A tile reads
// a panel of A, which has the rows of the tile, and a panel of B, which has its columns. A
// goroutine takes a panel of B, packs it for itself where that pays, and goes through the panels of
// A with it. The panels of A stay in its second cache, and are mostly read as they are stored.

// tileKernels is an implementation of the parts that depend on the processor.
type tileKernels struct {
	rows, cols int // of the largest tile
	rowCols    int // of the largest tile of one row

	// A wide tile has a vector more, and fewer rows; 0 if there is none. It reads fewer numbers for
	// each multiply-add, which counts where reading slows multiply-adds down.
	wideRows, wideCols int

	// tile computes, for i < rows and j < cols, with l in order, starting from c[i,j] if load, else
	// from +0,
	//
	//	c[i*ldc+j] += sum over l < k of a[l*lda+i] * b[l*ldb+j]
	//
	// and then adds bias[j], unless bias is nil, and applies the rectifier.
	tile tileFunc

	// tileRows is tile for 2 rows or more, with a[i*lda+l]; nil if there is none.
	tileRows tileFunc

	// tree is tile for terms in parts of k each, as MulTree adds them up, for 2 rows or more and no epilogue; nil if
	// there is none. waiting has room for the largest tile for each doubling of the parts. k is not 0.
	tree func(rows, cols, k, parts int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, waiting []float32)

	// copyPanel writes dst[l*cols+j] = src[l*lds+j] for l < rows and j < cols. cols is at most that
	// of a tile.
	copyPanel func(rows, cols int, dst, src []float32, lds int)

	// transpose writes dst[l*ldd+i] = src[i*lds+l] for i < rows and l < n.
	transpose func(rows, n int, dst []float32, ldd int, src []float32, lds int)

	sparse *sparseKernels // nil if there are none
}

type tileFunc func(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, r epilogue.Rectifier, slope float32)

const (
	maxDepth = 1024 // of a block of k
	maxRows  = 1024 // of a block of rows
	maxCols  = 4096 // of a block of columns

	inPlace  = 1 << 19 // a larger operand is always packed: its rows lie on too many pages
	fewRows  = 32      // to pack B for so few rows of C does not pay
	thinCols = 8       // C with no more columns is computed as its transpose

	partTerms = 1 << 19 // multiply-adds in a part of the work: 5 to 10 µs
	loneTerms = 1 << 17 // fewer than this in all are not worth sharing
)

// A product is one call of multiply. It is also the task for the pool: first to pack a block, then
// to compute its tiles.
type product struct {
	*tileKernels
	transA, transB bool
	m, n, k        int
	a, b, c        []float32
	lda, ldb, ldc  int
	add            bool
	parts          int // of the terms; see MulTree
	epilogue       epilogue.Epilogue

	rowsA        bool // the rows of A are read as they are stored
	packA, packB bool // the operand is packed, else it is read in place

	row0, rowCount int // the block
	col0, colCount int
	l0, depth      int
	most           int // rows of the largest tile
	rowPanels      int // they have lowRows rows; the first tallPanels have one more
	lowRows        int
	tallPanels     int
	colPanels      int
	panelWidth     int  // columns in a panel; the last may have fewer
	widePanels     int  // so many panels, the first, have wideCols columns
	pieces         int  // into which a panel of B is cut
	packing        bool // the task is to pack, else to compute

	buffers
}

// buffers are kept from call to call.
type buffers struct {
	bufA        []float32     // packed panels of A
	panels      []packedPanel // of B, one for each worker
	blockNumber int           // the number of the block, counted over all products
	bufC        []float32     // the transpose of C, for thin
	work        *sparseWork
	sum         []float32 // of a product of many terms in parts
	whole       elementwise.Tree
}

// A packedPanel is a panel of B that a worker has packed.
type packedPanel struct {
	buf        []float32
	block, col int // the block and the first column
	sum        []float32
	tree       elementwise.Tree
	_          [64]byte // workers write side by side
}

// spare keeps products, with their buffers, for the next call. Several are in use only if several
// goroutines multiply.
var spare = make(chan *product, 4)

// multiply is Mul with these kernels, followed by the epilogue.
func (kn *tileKernels) multiply(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int, e epilogue.Epilogue) {
	kn.multiplyParts(transA, transB, m, n, k, 1, a, lda, b, ldb, add, c, ldc, e)
}

// multiplyParts is multiply with the terms in parts, which a block of k must hold if there are several.
func (kn *tileKernels) multiplyParts(transA, transB bool, m, n, k, parts int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int, e epilogue.Epilogue) {
	check(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	if m == 0 || n == 0 || k == 0 && add {
		return
	}
	p := take()
	defer p.giveBack()
	*p = product{
		tileKernels: kn, transA: transA, transB: transB, m: m, n: n, k: k, parts: parts,
		a: a, b: b, c: c, lda: lda, ldb: ldb, ldc: ldc, add: add, epilogue: e, buffers: p.buffers,
	}
	switch {
	case n <= thinCols && n < m:
		p.thin()
	case !p.bySparse():
		p.blocks()
	}
}

// take returns a product for a call.
func take() *product {
	select {
	case p := <-spare:
		return p
	default:
		return new(product)
	}
}

// giveBack keeps the buffers of a product for another call.
func (p *product) giveBack() {
	*p = product{buffers: p.buffers}
	select {
	case spare <- p:
	default:
	}
}

// blocks computes the product block by block.
func (p *product) blocks() {
	p.rowsA = !p.transA && p.m > 1 && p.tileRows != nil && p.lda%1024 != 0
	p.packA = p.k > 0 && !p.rowsA && (!p.transA && p.m > 1 || p.lda*p.k > inPlace && p.n > 64)
	p.packB = p.k > 0 && (p.transB || p.m > fewRows)
	if p.panels == nil {
		p.panels = make([]packedPanel, pool.MaxWorkers)
	}
	depths := max(1, (p.k+maxDepth-1)/maxDepth)
	for p.col0 = 0; p.col0 < p.n; p.col0 += p.colCount {
		p.colCount = min(p.n-p.col0, maxCols)
		p.cutCols()
		for d := range depths {
			p.l0 = d * p.k / depths
			p.depth = (d+1)*p.k/depths - p.l0
			for p.row0 = 0; p.row0 < p.m; p.row0 += p.rowCount {
				p.rowCount = min(p.m-p.row0, maxRows)
				p.block()
			}
		}
	}
}

// cutCols cuts the columns of a block into panels. Wide tiles are used if there are enough columns
// for one. Then no panel but the last has less than two vectors.
func (p *product) cutCols() {
	p.most, p.panelWidth, p.widePanels = p.rows, p.cols, 0
	if p.m == 1 {
		p.panelWidth = min(p.rowCols, ((p.n+1)/2+31)&^31)
	}
	p.colPanels = (p.colCount + p.panelWidth - 1) / p.panelWidth
	if p.wideCols == 0 || p.m == 1 || p.colCount <= p.cols {
		return
	}
	lanes := p.wideCols - p.cols
	panels, vecs := (p.colCount+p.wideCols-1)/p.wideCols, (p.colCount+lanes-1)/lanes
	if wide := vecs - panels*(p.cols/lanes); wide > 0 {
		p.most, p.colPanels, p.widePanels = p.wideRows, panels, wide
	}
}

// block packs A if it is to be packed and computes the tiles of a block.
func (p *product) block() {
	p.rowPanels = (p.rowCount + p.most - 1) / p.most
	p.lowRows, p.tallPanels = p.rowCount/p.rowPanels, p.rowCount%p.rowPanels
	if p.packA {
		p.bufA = grow(p.bufA, p.rowCount*p.depth)
		p.packing = true
		p.share(p.rowPanels)
		p.packing = false
	}
	p.blockNumber++
	p.share(p.cut())
}

// share runs the parts on the pool, or here if the block is small.
func (p *product) share(parts int) {
	if p.rowCount*p.colCount*p.depth >= loneTerms {
		pool.Run(parts, p)
		return
	}
	for i := range parts {
		p.Do(0, i)
	}
}

// Do runs a part of the task.
func (p *product) Do(worker, part int) {
	if p.packing {
		p.packRows(part)
		return
	}
	piece := part % p.pieces
	p.tiles(worker, part/p.pieces, piece*p.rowPanels/p.pieces, (piece+1)*p.rowPanels/p.pieces)
}

// cut sets into how many pieces of rows a panel of B is cut, which are the parts of the work. The
// parts of a panel follow one another, so that mostly one worker has them and packs the panel once.
// They are small, so that all workers end at nearly the same time.
func (p *product) cut() (parts int) {
	p.pieces = 1
	if runtime.GOMAXPROCS(0) > 1 {
		p.pieces = min(max(1, p.rowPanels*p.most*p.panelWidth*p.depth/partTerms), p.rowPanels)
	}
	return p.colPanels * p.pieces
}

// panelRows returns the rows of C, counted from the first of the block, that belong to a panel of
// A.
func (p *product) panelRows(panel int) (first, count int) {
	if panel < p.tallPanels {
		return panel * (p.lowRows + 1), p.lowRows + 1
	}
	return panel*p.lowRows + p.tallPanels, p.lowRows
}

// panelCols returns the columns of C that belong to a panel of B.
func (p *product) panelCols(panel int) (first, count int) {
	if panel < p.widePanels {
		return panel * p.wideCols, min(p.colCount-panel*p.wideCols, p.wideCols)
	}
	first = panel*p.panelWidth + p.widePanels*(p.wideCols-p.panelWidth)
	return first, min(p.colCount-first, p.panelWidth)
}

// tiles computes the tiles of some row panels and a panel of columns.
func (p *product) tiles(worker, colPanel, firstPanel, endPanel int) {
	if p.parts > 1 {
		p.treeTiles(worker, colPanel, firstPanel, endPanel)
		return
	}
	col, cols := p.panelCols(colPanel)
	b, ldb := p.panelB(worker, col, cols)
	var bias []float32
	r, finish := epilogue.None, p.l0+p.depth == p.k
	if finish {
		r = p.epilogue.Rectifier
		if p.epilogue.Bias != nil {
			bias = p.epilogue.Bias[p.col0+col:][:cols]
		}
	}
	finish = finish && p.epilogue.Finish != nil
	load := p.add || p.l0 > 0
	for panel := firstPanel; panel < endPanel; panel++ {
		row, rows := p.panelRows(panel)
		a, lda := p.panelA(row, rows)
		tile := p.tile
		if p.rowsA && rows > 1 {
			tile = p.tileRows
		}
		c := p.c[(p.row0+row)*p.ldc+p.col0+col:]
		tile(rows, cols, p.depth, a, lda, b, ldb, c, p.ldc, load, bias, r, p.epilogue.Slope)
		if finish {
			for i := range rows {
				p.epilogue.Finish(c[i*p.ldc:][:cols:cols])
			}
		}
	}
}
