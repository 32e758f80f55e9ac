package f32

var kernelsPortable = tileKernels{rows: 8, cols: 32, rowCols: 32, tile: tilePortable, transpose: transposePortable}

func tilePortable(rows, cols, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, load bool, bias []float32, act Act, slope float32) {
	for i := range rows {
		for j := range cols {
			var s float32
			if load {
				s = c[i*ldc+j]
			}
			for l := range k {
				s = fma32(a[l*lda+i], b[l*ldb+j], s)
			}
			c[i*ldc+j] = s
		}
		finishRow(c[i*ldc:][:cols], bias, act, slope)
	}
}

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
