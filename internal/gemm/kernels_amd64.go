package gemm

import (
	"unsafe"

	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/simd"
)

var (
	kernelsAVX512 = tileKernels{rows: 14, cols: 32, wideRows: 9, wideCols: 48, rowCols: 192, tile: tileAVX512, tileRows: tileRowsAVX512, tree: treeAVX512, copyPanel: copyAVX512, transpose: transposeAVX, sparse: &sparseAVX512}
	kernelsAVX2   = tileKernels{rows: 6, cols: 16, rowCols: 96, tile: tileAVX2, tileRows: tileRowsAVX2, tree: treeAVX2, copyPanel: copyAVX2, transpose: transposeAVX, sparse: &sparseAVX2}
)

func kernels(level simd.Level) *tileKernels {
	switch level {
	case simd.AVX512:
		return &kernelsAVX512
	case simd.AVX2:
		return &kernelsAVX2
	}
	return &kernelsPortable
}

func tileAVX512(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, r epilogue.Rectifier, slope float32) {
	pa, pb, pc, pbias := tileArguments(rows, cols, k, a, lda, b, ldb, c, ldc, bias)
	gemmTileAVX512(rows, cols, k, pa, lda, pb, ldb, pc, ldc, load, pbias, int(r), slope)
}

func tileAVX2(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, r epilogue.Rectifier, slope float32) {
	pa, pb, pc, pbias := tileArguments(rows, cols, k, a, lda, b, ldb, c, ldc, bias)
	gemmTileAVX2(rows, cols, k, pa, lda, pb, ldb, pc, ldc, load, pbias, int(r), slope)
}

func tileRowsAVX512(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, r epilogue.Rectifier, slope float32) {
	if k > 0 {
		_ = a[(rows-1)*lda+k-1]
	}
	pa, pb, pc, pbias := tileArguments(rows, cols, k, a, 0, b, ldb, c, ldc, bias)
	gemmTileRowsAVX512(rows, cols, k, pa, lda, pb, ldb, pc, ldc, load, pbias, int(r), slope)
}

func tileRowsAVX2(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, r epilogue.Rectifier, slope float32) {
	if k > 0 {
		_ = a[(rows-1)*lda+k-1]
	}
	pa, pb, pc, pbias := tileArguments(rows, cols, k, a, 0, b, ldb, c, ldc, bias)
	gemmTileRowsAVX2(rows, cols, k, pa, lda, pb, ldb, pc, ldc, load, pbias, int(r), slope)
}

func treeAVX512(rows, cols, k, parts int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, waiting []float32) {
	pa, pb, pc, _ := tileArguments(rows, cols, k*parts, a, lda, b, ldb, c, ldc, nil)
	gemmTreeAVX512(rows, cols, k, parts, pa, lda, pb, ldb, pc, ldc, unsafe.SliceData(waiting))
}

func treeAVX2(rows, cols, k, parts int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, waiting []float32) {
	pa, pb, pc, _ := tileArguments(rows, cols, k*parts, a, lda, b, ldb, c, ldc, nil)
	gemmTreeAVX2(rows, cols, k, parts, pa, lda, pb, ldb, pc, ldc, unsafe.SliceData(waiting))
}

// tileArguments returns pointers for the assembly. First it reads the last element behind each
// pointer, so that a slice that is too short panics here.
func tileArguments(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, bias []float32) (pa, pb, pc, pbias *float32) {
	if k > 0 {
		_, _ = a[(k-1)*lda+rows-1], b[(k-1)*ldb+cols-1]
		pa, pb = &a[0], &b[0]
	}
	_ = c[(rows-1)*ldc+cols-1]
	if bias != nil {
		_ = bias[cols-1]
		pbias = &bias[0]
	}
	return pa, pb, &c[0], pbias
}

func copyAVX512(rows, cols int, dst, src []float32, lds int) {
	_, _ = dst[rows*cols-1], src[(rows-1)*lds+cols-1]
	copyPanelAVX512(rows, cols, &dst[0], &src[0], lds)
}

func copyAVX2(rows, cols int, dst, src []float32, lds int) {
	_, _ = dst[rows*cols-1], src[(rows-1)*lds+cols-1]
	copyPanelAVX2(rows, cols, &dst[0], &src[0], lds)
}

// transposeAVX transposes 8 x 8 elements at a time, in stretches of l that stay in the first cache
// while their lines are filled. The last eight may overlap the eight before; they write the same
// again.
func transposeAVX(rows, n int, dst []float32, ldd int, src []float32, lds int) {
	if rows < 8 || n < 8 {
		transposePortable(rows, n, dst, ldd, src, lds)
		return
	}
	_, _ = dst[(n-1)*ldd+rows-1], src[(rows-1)*lds+n-1]
	const stretch = 64
	for l := 0; l < n; l += stretch {
		l = min(l, n-8)
		count := min(n-l, stretch)
		for i := 0; i < rows; i += 8 {
			i = min(i, rows-8)
			transpose8(count&^7, &dst[l*ldd+i], ldd, &src[i*lds+l], lds)
			if count&7 != 0 {
				last := l + count - 8
				transpose8(8, &dst[last*ldd+i], ldd, &src[i*lds+last], lds)
			}
		}
	}
}
