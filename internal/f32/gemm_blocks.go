package f32

// A product is cut into tiles of C that fit in the registers. The sums of a tile stay there over a block of k, and go on
// from C in the next block, so that blocks do not show in the bits. A tile reads a panel of A, of as many columns as the
// tile has rows, and a panel of B: both run along l and hold the few numbers that belong to one l side by side. A
// transposed A and a plain B are stored like that and read in place; the other two are packed first.

// tileKernels is an implementation of what depends on the processor.
type tileKernels struct {
	rows, cols int // of the largest tile
	rowCols    int // of the largest tile of one row

	// tile computes, for i < rows and j < cols, with l in order, starting from c[i,j] if load, else from +0,
	//
	//	c[i*ldc+j] += sum over l < k of a[l*lda+i] * b[l*ldb+j]
	//
	// and then adds bias[j], unless bias is nil, and applies act.
	tile func(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, act Act, slope float32)

	// transpose writes dst[l*ldd+i] = src[i*lds+l] for i < rows and l < n.
	transpose func(rows, n int, dst []float32, ldd int, src []float32, lds int)
}

const (
	maxDepth = 512  // of a block of k
	maxRows  = 1024 // of a block of rows
	maxCols  = 4096 // of a block of columns

	inPlace  = 1 << 19 // a larger operand is packed even if it could be read in place: its rows lie on too many pages
	thinCols = 8       // C with fewer columns is computed as its transpose

	partTerms = 1 << 19 // multiply-adds in a part of the work: 5 to 10 µs
	loneTerms = 1 << 17 // fewer than this in all are not worth sharing
)

// A product is one call of gemm, and a task for the pool: first to pack a block, then to compute the tiles of it.
type product struct {
	*tileKernels
	transA, transB bool
	m, n, k        int
	a, b, c        []float32
	lda, ldb, ldc  int
	add            bool
	epilogue       Epilogue

	packA, packB   bool // or read in place
	row0, rowCount int  // the block
	col0, colCount int
	l0, depth      int
	rowPanels      int
	colPanels      int
	panelWidth     int  // columns in a panel, but for the last
	packing        bool // the task is to pack, else to compute
	freshB         bool // B's panels are not packed yet
	partPanels     int  // row panels in a part
	rowParts       int  // parts in a panel of columns

	gemmBuffers
}

// gemmBuffers are kept from call to call.
type gemmBuffers struct {
	bufA, bufB []float32 // the panels that are packed, each as long as the block is deep
	bufC       []float32 // of thin
}

// spare keeps products, with their buffers, for the next call. Several are in use only if several goroutines multiply.
var spare = make(chan *product, 4)

// gemm is Gemm with these kernels, followed by the epilogue.
func (kn *tileKernels) gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int, e Epilogue) {
	checkGemm(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	if m == 0 || n == 0 || k == 0 && add {
		return
	}
	var p *product
	select {
	case p = <-spare:
	default:
		p = new(product)
	}
	*p = product{
		tileKernels: kn, transA: transA, transB: transB, m: m, n: n, k: k,
		a: a, b: b, c: c, lda: lda, ldb: ldb, ldc: ldc, add: add, epilogue: e, gemmBuffers: p.gemmBuffers,
	}
	if n <= thinCols && n < m {
		p.thin()
	} else {
		p.blocks()
	}
	*p = product{gemmBuffers: p.gemmBuffers}
	select {
	case spare <- p:
	default:
	}
}

// blocks computes the product block by block.
func (p *product) blocks() {
	p.packA = p.k > 0 && (!p.transA && p.m > 1 || p.lda*p.k > inPlace && p.n > 64)
	p.packB = p.k > 0 && (p.transB || p.ldb*p.k > inPlace && p.m > 64)
	p.panelWidth = p.cols
	if p.m == 1 {
		p.panelWidth = min(p.rowCols, ((p.n+1)/2+31)&^31)
	}
	for p.col0 = 0; p.col0 < p.n; p.col0 += p.colCount {
		p.colCount = min(p.n-p.col0, maxCols)
		p.colPanels = (p.colCount + p.panelWidth - 1) / p.panelWidth
		p.l0 = 0
		for done := false; !done; done = p.l0 >= p.k { // once if k is 0
			p.depth = min(p.k-p.l0, maxDepth)
			p.freshB = p.packB
			for p.row0 = 0; p.row0 < p.m; p.row0 += p.rowCount {
				p.rowCount = min(p.m-p.row0, maxRows)
				p.block()
			}
			p.l0 += p.depth
		}
	}
}

// block packs what is to be packed of a block and computes its tiles. The panels come with the first parts, of A, then of B.
func (p *product) block() {
	p.rowPanels = (p.rowCount + p.rows - 1) / p.rows
	parts := 0
	if p.packA {
		p.bufA = grow(p.bufA, p.rowCount*p.depth)
		parts = p.rowPanels
	}
	if p.freshB {
		p.bufB = grow(p.bufB, p.colCount*p.depth)
		parts += p.colPanels
	}
	p.packing = true
	p.share(parts)
	p.packing, p.freshB = false, false

	p.partPanels = min(max(partTerms/max(1, p.rows*p.panelWidth*p.depth), 1), p.rowPanels)
	p.rowParts = (p.rowPanels + p.partPanels - 1) / p.partPanels
	p.share(p.rowParts * p.colPanels)
}

// share runs the parts on the pool, or here if the block is small.
func (p *product) share(parts int) {
	if p.rowCount*p.colCount*p.depth >= loneTerms {
		parallel(parts, p)
		return
	}
	for i := range parts {
		p.do(i)
	}
}

func (p *product) do(part int) {
	switch {
	case !p.packing:
		p.tiles(part/p.rowParts, part%p.rowParts)
	case p.packA && part < p.rowPanels:
		p.packRows(part)
	case p.packA:
		p.packCols(part - p.rowPanels)
	default:
		p.packCols(part)
	}
}

// panelRows returns the rows of C, counted from the block's first, of a panel of A. The panels differ by one row at most.
func (p *product) panelRows(panel int) (first, count int) {
	first = panel * p.rowCount / p.rowPanels
	return first, (panel+1)*p.rowCount/p.rowPanels - first
}

func (p *product) panelCols(panel int) (first, count int) {
	first = panel * p.panelWidth
	return first, min(p.colCount-first, p.panelWidth)
}

// tiles computes a part of a panel of columns.
func (p *product) tiles(colPanel, rowPart int) {
	col, cols := p.panelCols(colPanel)
	b, ldb := p.panelB(col, cols)
	var bias []float32
	act, finish := NoAct, p.l0+p.depth == p.k
	if finish {
		act = p.epilogue.Act
		if p.epilogue.Bias != nil {
			bias = p.epilogue.Bias[p.col0+col:][:cols]
		}
	}
	finish = finish && p.epilogue.Finish != nil
	load := p.add || p.l0 > 0
	for panel := rowPart * p.partPanels; panel < min((rowPart+1)*p.partPanels, p.rowPanels); panel++ {
		row, rows := p.panelRows(panel)
		a, lda := p.panelA(row, rows)
		c := p.c[(p.row0+row)*p.ldc+p.col0+col:]
		p.tile(rows, cols, p.depth, a, lda, b, ldb, c, p.ldc, load, bias, act, p.epilogue.Slope)
		if finish {
			for i := range rows {
				p.epilogue.Finish(c[i*p.ldc:][:cols:cols])
			}
		}
	}
}
