package f32

// Where the panels of a product are, and how they get there if they are packed.

// panelA returns where a panel of A is, and the distance between two l.
func (p *product) panelA(first, count int) ([]float32, int) {
	switch {
	case p.depth == 0:
		return nil, 1
	case p.packA:
		return p.bufA[first*p.depth:], count
	case p.transA:
		return p.a[p.l0*p.lda+p.row0+first:], p.lda
	}
	return p.a[p.l0:], 1 // a single row
}

func (p *product) panelB(first, count int) ([]float32, int) {
	switch {
	case p.depth == 0:
		return nil, 1
	case p.packB:
		return p.bufB[first*p.depth:], count
	}
	return p.b[p.l0*p.ldb+p.col0+first:], p.ldb
}

func (p *product) packRows(panel int) {
	first, count := p.panelRows(panel)
	dst := p.bufA[first*p.depth:]
	if p.transA {
		copyRows(count, p.depth, dst, p.a[p.l0*p.lda+p.row0+first:], p.lda)
	} else {
		p.transpose(count, p.depth, dst, count, p.a[(p.row0+first)*p.lda+p.l0:], p.lda)
	}
}

func (p *product) packCols(panel int) {
	first, count := p.panelCols(panel)
	dst := p.bufB[first*p.depth:]
	if p.transB {
		p.transpose(count, p.depth, dst, count, p.b[(p.col0+first)*p.ldb+p.l0:], p.ldb)
	} else {
		copyRows(count, p.depth, dst, p.b[p.l0*p.ldb+p.col0+first:], p.ldb)
	}
}

// copyRows writes dst[l*width+i] = src[l*lds+i] for i < width and l < n.
func copyRows(width, n int, dst, src []float32, lds int) {
	for l := range n {
		copy(dst[l*width:][:width], src[l*lds:])
	}
}

func transposePortable(rows, n int, dst []float32, ldd int, src []float32, lds int) {
	for i := range rows {
		for l, v := range src[i*lds:][:n] {
			dst[l*ldd+i] = v
		}
	}
}

// grow returns a slice of n elements, x if it is long enough.
func grow(x []float32, n int) []float32 {
	if cap(x) < n {
		return make([]float32, n)
	}
	return x[:n]
}
