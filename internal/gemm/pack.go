package gemm

// A panel is read where it is stored, or it is packed: copied so that the numbers of each l lie
// side by side.

// panelA returns a panel of A. The second result is the distance between two rows if the rows are
// read as they are stored, else the distance between two l.
func (p *product) panelA(first, count int) ([]float32, int) {
	switch {
	case p.depth == 0:
		return nil, 1
	case p.packA:
		return p.bufA[first*p.depth:], count
	case p.transA:
		return p.a[p.l0*p.lda+p.row0+first:], p.lda
	case count == 1:
		return p.a[(p.row0+first)*p.lda+p.l0:], 1
	}
	return p.a[(p.row0+first)*p.lda+p.l0:], p.lda
}

// panelB returns a panel of B and the distance between two l. It packs the panel, unless the worker
// packed the same panel for the part before.
func (p *product) panelB(worker, first, count int) ([]float32, int) {
	if p.depth == 0 {
		return nil, 1
	}
	if !p.packB {
		return p.b[p.l0*p.ldb+p.col0+first:], p.ldb
	}
	x := &p.panels[worker]
	if x.block == p.blockNumber && x.col == first {
		return x.buf, count
	}
	x.buf, x.block, x.col = grow(x.buf, count*p.depth), p.blockNumber, first
	if p.transB {
		p.transpose(count, p.depth, x.buf, count, p.b[(p.col0+first)*p.ldb+p.l0:], p.ldb)
	} else {
		p.copyPanel(p.depth, count, x.buf, p.b[p.l0*p.ldb+p.col0+first:], p.ldb)
	}
	return x.buf, count
}

// packRows packs a panel of A.
func (p *product) packRows(panel int) {
	first, count := p.panelRows(panel)
	dst := p.bufA[first*p.depth:]
	if p.transA {
		p.copyPanel(p.depth, count, dst, p.a[p.l0*p.lda+p.row0+first:], p.lda)
	} else {
		p.transpose(count, p.depth, dst, count, p.a[(p.row0+first)*p.lda+p.l0:], p.lda)
	}
}

func copyPanelPortable(rows, cols int, dst, src []float32, lds int) {
	for l := range rows {
		copy(dst[l*cols:][:cols], src[l*lds:])
	}
}

func transposePortable(rows, n int, dst []float32, ldd int, src []float32, lds int) {
	for i := range rows {
		for l, v := range src[i*lds:][:n] {
			dst[l*ldd+i] = v
		}
	}
}

// grow returns a slice of n elements. It is x if x is long enough.
func grow[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}
