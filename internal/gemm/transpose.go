package gemm

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/simd"
)

type transposeOperands struct {
	y, x []float32
	m, n int // rows and columns of a matrix of x
}

var overMatrices pool.Range[transposeOperands]

// Transpose transposes count matrices of m rows and n columns that stand one behind the other:
//
//	y[k,j,i] = x[k,i,j]
func Transpose(y, x []float32, count, m, n int) {
	f32.CheckMatrix(y, count, m*n)
	f32.SameLength(y, x)
	if m*n == 0 {
		return
	}
	overMatrices.Run(count, max(pool.Grain/(m*n), 1), transposeOperands{y, x, m, n}, transpose)
}

func transpose(x transposeOperands, lo, hi int) {
	m, n := x.m, x.n
	turn := kernels(simd.Current()).transpose
	for k := lo; k < hi; k++ {
		turn(m, n, x.y[k*m*n:][:m*n], m, x.x[k*m*n:][:m*n], n)
	}
}
