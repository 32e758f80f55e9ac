package f32

// AddBias adds a vector of n to each of the rows of y, in place: y[r,j] += bias[j].
func AddBias(y []float32, rows, n int, bias []float32) {
	matrix(y, rows, n)
	matrix(bias, 1, n)
	for range rows {
		row := y[:len(bias)]
		for j, b := range bias {
			row[j] += b
		}
		y = y[len(bias):]
	}
}

// ColumnSums writes the sums over the rows of x, in order:
//
//	y[j] = ((0 + x[0,j]) + x[1,j]) + ...
func ColumnSums(y []float32, rows, n int, x []float32) {
	matrix(x, rows, n)
	matrix(y, 1, n)
	clear(y)
	for ; rows >= 4; rows -= 4 {
		x0, x1, x2, x3 := x[:len(y)], x[n:][:len(y)], x[2*n:][:len(y)], x[3*n:][:len(y)]
		for j, s := range y {
			y[j] = s + x0[j] + x1[j] + x2[j] + x3[j]
		}
		x = x[4*n:]
	}
	for ; rows > 0; rows-- {
		for j, v := range x[:len(y)] {
			y[j] += v
		}
		x = x[n:]
	}
}
