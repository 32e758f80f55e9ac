package gemm

import (
	"github.com/gorgonae/gorgonae/internal/epilogue"
)

// thin computes the transpose of C, in which the few columns of C are long rows, and then C.
func (p *product) thin() {
	c, ldc, n, m, e := p.c, p.ldc, p.n, p.m, p.epilogue
	p.bufC = grow(p.bufC, m*n)
	p.transA, p.transB = !p.transB, !p.transA
	p.m, p.a, p.lda, p.n, p.b, p.ldb = p.n, p.b, p.ldb, p.m, p.a, p.lda
	p.c, p.ldc, p.epilogue = p.bufC, m, epilogue.Epilogue{}
	if p.add {
		for j := range n {
			for i := range m {
				p.bufC[j*m+i] = c[i*ldc+j]
			}
		}
	}
	p.blocks()
	for j := range n {
		y := p.bufC[j*m:][:m]
		if e.Bias != nil {
			for i, b := 0, e.Bias[j]; i < m; i++ {
				y[i] += b
			}
		}
		epilogue.Row(y, nil, e.Rectifier, e.Slope)
		if e.Finish != nil {
			e.Finish(y)
		}
		for i, v := range y {
			c[i*ldc+j] = v
		}
	}
}
