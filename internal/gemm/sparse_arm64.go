package gemm

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/epilogue"
)

var sparseNEON = sparseKernels{
	listRow: listRowPortable, listGroup: listGroupPortable, sums: sums1NEON, sums4: sums4NEON, pack: packPortable, finish: finishPortable,
}

// sparseSums1NEON adds up the entries of lists as sparseKernels.sums does, for all columns of a panel.
//
//go:noescape
func sparseSums1NEON(lists int, starts *uint32, step int, places *uint32, values *float32, b *float32, sums *float32, load bool)

// sparseSums4NEON does the same as sparseKernels.sums4, for 16 columns.
//
//go:noescape
func sparseSums4NEON(lists int, starts *uint32, step int, places *uint32, values *float32, b *float32, sums *float32, load bool)

func sums1NEON(lists int, starts []uint32, step int, places []uint32, values, b, sums []float32, _ int, load bool) {
	checkLists(lists, starts, step, 1, places, values, sums)
	sparseSums1NEON(lists, &starts[0], step, &places[0], &values[0], &b[0], &sums[0], load)
}

func sums4NEON(lists int, starts []uint32, step int, places []uint32, values, b, sums []float32, cols int, load bool) {
	checkLists(lists, starts, step, groupRows, places, values, sums)
	for col := 0; col < cols; col += 16 {
		sparseSums4NEON(lists, &starts[0], step, &places[0], &values[0], &b[col], &sums[col], load)
	}
}

func listRowPortable(row []float32, places []uint32, values []float32) (n int) {
	for l, v := range row {
		values[n], places[n] = v, uint32(4*sparseCols*l)
		if math.Float32bits(v) != 0 {
			n++
		}
	}
	return n
}

func listGroupPortable(rows int, a []float32, lda int, places []uint32, values []float32) (n int) {
	for l := range rows {
		v := a[l*lda:][:groupRows]
		copy(values[n*groupRows:], v)
		places[n] = uint32(4 * sparseCols * l)
		if math.Float32bits(v[0])|math.Float32bits(v[1])|math.Float32bits(v[2])|math.Float32bits(v[3]) != 0 {
			n++
		}
	}
	return n
}

func packPortable(rows, cols int, dst, src []float32, lds int) bool {
	const exponent = 0xff << 23
	finite := true
	for l := range rows {
		to := dst[l*sparseCols:][:sparseCols]
		clear(to[copy(to, src[l*lds:][:cols]):])
		for _, v := range to {
			finite = finite && math.Float32bits(v)&exponent != exponent
		}
	}
	return finite
}

func finishPortable(rows, cols int, sums, c []float32, ldc int, bias []float32, r epilogue.Rectifier, slope float32) (negativeZero bool) {
	for i := range rows {
		y := c[i*ldc:][:cols]
		for j, v := range sums[i*sparseCols:][:cols] {
			negativeZero = negativeZero || math.Float32bits(v) == 1<<31
			y[j] = v
		}
		epilogue.Row(y, bias, r, slope)
	}
	return negativeZero
}
