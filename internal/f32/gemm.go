package f32

const (
	badGemm   = "f32: Gemm of a negative size"
	badStride = "f32: leading dimension below the width of a row"
	shortGemm = "f32: slice shorter than its matrix"
	badBias   = "f32: a bias that is not one number for each column"
)

// Gemm writes the product of two row-major matrices, op(A) of m x k and op(B) of k x n, into C, or adds it to C. Each
// element accumulates over l in order, with one fused multiply-add a term, so that only their sums are rounded:
//
//	s = c[i,j] if add, else +0
//	s = op(a)[i,l]*op(b)[l,j] + s, rounded once, for l = 0, 1, ..., k-1
//	c[i,j] = s
//
// op(A) is A, or its transpose if transA: then A is stored as k x m; likewise B. lda, ldb and ldc are the distances
// from a row to the next as stored. Without add, C is only written, so it may hold NaN.
// It must not overlap A or B.
func Gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	gemmKernels(simd).gemm(transA, transB, m, n, k, a, lda, b, ldb, add, c, ldc, Epilogue{})
}

// An Epilogue is what happens to each element of a finished product while it is still close to the processor. The zero
// value does nothing.
type Epilogue struct {
	Bias  []float32 // n numbers: c[i,j] = c[i,j] + bias[j], rounded to float32; nil for none
	Act   Act
	Slope float32 // of LeakyAct, as for LeakyReLU

	// Finish, unless nil, is last. It computes each element of y in place, from that element alone. It is called for
	// pieces of rows, from several goroutines at once.
	Finish func(y []float32)
}

// An Act is an activation that the tiles of a product apply themselves.
type Act int

const (
	NoAct    Act = iota
	LeakyAct     // LeakyReLU
	ReLUAct      // ReLU
)

// GemmEpilogue is Gemm without add, followed by the epilogue. Its bits are those of the kernels called one after another.
func GemmEpilogue(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, e Epilogue) {
	if e.Bias != nil && len(e.Bias) != n {
		panic(badBias)
	}
	gemmKernels(simd).gemm(transA, transB, m, n, k, a, lda, b, ldb, false, c, ldc, e)
}

// checkGemm panics unless each slice holds its matrix.
func checkGemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	if m < 0 || n < 0 || k < 0 {
		panic(badGemm)
	}
	stored(transA, a, m, k, lda)
	stored(transB, b, k, n, ldb)
	stored(false, c, m, n, ldc)
}

// stored checks that x holds the matrix op(x) of rows x cols.
func stored(trans bool, x []float32, rows, cols, ld int) {
	if trans {
		rows, cols = cols, rows
	}
	if ld < max(1, cols) {
		panic(badStride)
	}
	// rows <= (len-cols)/ld + 1, rather than a product that could overflow.
	if rows > 0 && cols > 0 && (len(x) < cols || rows-1 > (len(x)-cols)/ld) {
		panic(shortGemm)
	}
}

// gemmReference is the definition of Gemm.
func gemmReference(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	checkGemm(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	at := func(x []float32, trans bool, i, j, ld int) float32 {
		if trans {
			i, j = j, i
		}
		return x[i*ld+j]
	}
	for i := range m {
		for j := range n {
			var s float32
			if add {
				s = c[i*ldc+j]
			}
			for l := range k {
				s = fma32(at(a, transA, i, l, lda), at(b, transB, l, j, ldb), s)
			}
			c[i*ldc+j] = s
		}
	}
}
