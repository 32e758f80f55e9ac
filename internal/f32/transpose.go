package f32

// Transpose transposes count matrices of m rows and n columns that stand one behind the other:
//
//	y[k,j,i] = x[k,i,j]
func Transpose(y, x []float32, count, m, n int) {
	matrix(y, count, m*n)
	same(y, x)
	if m*n == 0 {
		return
	}
	parallelRange(count, max(grain/(m*n), 1), operands{y: y, a: x, keys: [2]uint64{uint64(m), uint64(n)}}, transpose)
}

func transpose(x operands, lo, hi int) {
	m, n := int(x.keys[0]), int(x.keys[1])
	turn := gemmKernels(simd).transpose
	for k := lo; k < hi; k++ {
		turn(m, n, x.y[k*m*n:][:m*n], m, x.a[k*m*n:][:m*n], n)
	}
}
