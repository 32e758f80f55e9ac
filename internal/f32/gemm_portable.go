package f32

import "math"

// The portable kernel copies a stretch of the two panels into blocks of 2 rows and of 4 columns, in the type that suits
// the processor, and multiplies block by block.

const (
	portableRows  = 16
	portableCols  = 32
	portableDepth = 64
)

var kernelsPortable = tileKernels{
	rows: portableRows, cols: portableCols, rowCols: portableCols, tile: tilePortable, transpose: transposePortable,
}

func tilePortable(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, act Act, slope float32) {
	var (
		blocksA [portableRows / 2][portableDepth][2]wide
		blocksB [portableCols / 4][portableDepth][4]wide
	)
	if !load {
		for i := range rows {
			clear(c[i*ldc:][:cols])
		}
	}
	for l0 := 0; l0 < k; l0 += portableDepth {
		depth := min(k-l0, portableDepth)
		leastA, leastB := uint32(math.MaxUint32), uint32(math.MaxUint32)
		for l := range depth {
			for i, v := range a[(l0+l)*lda:][:rows] {
				blocksA[i/2][l][i%2] = wide(v)
				leastA = min(leastA, magnitude(v))
			}
			row := b[(l0+l)*ldb:][:cols]
			j := 0
			for ; j+4 <= len(row); j += 4 {
				v0, v1, v2, v3 := row[j], row[j+1], row[j+2], row[j+3]
				blocksB[j/4][l] = [4]wide{wide(v0), wide(v1), wide(v2), wide(v3)}
				leastB = min(leastB, magnitude(v0), magnitude(v1), magnitude(v2), magnitude(v3))
			}
			for ; j < len(row); j++ {
				blocksB[j/4][l][j%4] = wide(row[j])
				leastB = min(leastB, magnitude(row[j]))
			}
		}
		coarse := leastA>>24+leastB>>24 >= coarseExponents
		for i := 0; i < rows; i += 2 {
			for j := 0; j < cols; j += 4 {
				corner := c[i*ldc+j:]
				var block [2][4]wide
				copyBlock(rows-i, cols-j, func(r, s int) { block[r][s] = wide(corner[r*ldc+s]) })
				multiplyBlock(&block, blocksA[i/2][:depth], blocksB[j/4][:depth], coarse)
				copyBlock(rows-i, cols-j, func(r, s int) { corner[r*ldc+s] = float32(block[r][s]) })
			}
		}
	}
	for i := range rows {
		finishRow(c[i*ldc:][:cols], bias, act, slope)
	}
}

// copyBlock runs f for the elements of a block of 2 x 4 that are within the given rows and columns.
func copyBlock(rows, cols int, f func(r, s int)) {
	for r := range min(rows, 2) {
		for s := range min(cols, 4) {
			f(r, s)
		}
	}
}

// magnitude orders the numbers other than zero by size; zero is the largest. The highest 8 bits are at most the exponent
// as it is stored, 127 for 1.
func magnitude(v float32) uint32 { return math.Float32bits(v)<<1 - 1 }

// Two numbers with the stored exponents p and q are multiples of 2^(p-150) and 2^(q-150), and their product is one of
// 2^-149 if p+q is at least this. (A power of two counts as if its exponent were one lower, a subnormal as if it were 0.)
const coarseExponents = 300 - 149

// finishRow adds a bias and applies an activation to a piece of a row.
func finishRow(y, bias []float32, act Act, slope float32) {
	if bias != nil {
		AddBias(y, 1, len(y), bias)
	}
	switch act {
	case LeakyAct:
		LeakyReLU(y, y, slope)
	case ReLUAct:
		ReLU(y, y)
	}
}
