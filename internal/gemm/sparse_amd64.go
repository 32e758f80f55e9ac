package gemm

import "github.com/gorgonae/gorgonae/internal/epilogue"

var (
	sparseAVX512 = sparseKernels{
		listRow:   rowLister(sparseListRowAVX512),
		listGroup: listGroupAVX,
		sums:      sumsOf(sparseSums1AVX512, 1, 16),
		sums4:     sumsOf(sparseSums4AVX512, groupRows, 16),
		pack:      packer(sparsePackAVX512),
		finish:    finisher(sparseFinishAVX512),
	}
	sparseAVX2 = sparseKernels{
		listRow:   rowLister(sparseListRowAVX2),
		listGroup: listGroupAVX,
		sums:      sumsOf(sparseSums1AVX2, 1, 8),
		sums4:     sumsOf(sparseSums4AVX2, groupRows, 8),
		pack:      packer(sparsePackAVX2),
		finish:    finisher(sparseFinishAVX2),
	}
)

// Each of these reads the last element behind each pointer, so that a slice that is too short
// panics here.

func rowLister(f func(n int, a *float32, places *uint32, values *float32) int) func([]float32, []uint32, []float32) int {
	return func(row []float32, places []uint32, values []float32) int {
		_, _ = places[len(row)+listSlack-1], values[len(row)+listSlack-1]
		return f(len(row), &row[0], &places[0], &values[0])
	}
}

func listGroupAVX(rows int, a []float32, lda int, places []uint32, values []float32) int {
	_, _, _ = a[(rows-1)*lda+groupRows-1], places[rows], values[(rows+1)*groupRows-1]
	return sparseListGroup(rows, &a[0], lda, &places[0], &values[0])
}

func sumsOf(f func(lists int, starts *uint32, step int, places *uint32, values, b, sums *float32, vecs int, load bool), rows, lanes int) func(int, []uint32, int, []uint32, []float32, []float32, []float32, int, bool) {
	return func(lists int, starts []uint32, step int, places []uint32, values, b, sums []float32, cols int, load bool) {
		checkLists(lists, starts, step, rows, places, values, sums)
		f(lists, &starts[0], step, &places[0], &values[0], &b[0], &sums[0], (cols+lanes-1)/lanes, load)
	}
}

func packer(f func(rows, cols int, dst, src *float32, lds int) bool) func(rows, cols int, dst, src []float32, lds int) bool {
	return func(rows, cols int, dst, src []float32, lds int) bool {
		_, _ = dst[rows*sparseCols-1], src[(rows-1)*lds+cols-1]
		return f(rows, cols, &dst[0], &src[0], lds)
	}
}

func finisher(f func(rows, cols int, sums, c *float32, ldc int, bias *float32, rectifier int, slope float32) bool) func(int, int, []float32, []float32, int, []float32, epilogue.Rectifier, float32) bool {
	return func(rows, cols int, sums, c []float32, ldc int, bias []float32, r epilogue.Rectifier, slope float32) bool {
		_, _ = sums[rows*sparseCols-1], c[(rows-1)*ldc+cols-1]
		var first *float32
		if bias != nil {
			_, first = bias[cols-1], &bias[0]
		}
		return f(rows, cols, &sums[0], &c[0], ldc, first, int(r), slope)
	}
}
