package f32

// A sum over all elements is taken in float64 along one fixed tree, so that neither vector width nor thread count shows
// in the result. The elements are cut into blocks of 4096. Within a block, sixteen lanes start at 0 and element i is
// added to lane i mod 16, in order; then lane j+8 is added to lane j, j+4 to j, j+2 to j and 1 to 0. The sums of the
// blocks are added in order, starting from 0. Blocks are what threads may share out.

const block = 4096

type lanes [16]float64

func (l *lanes) sum() float64 {
	for half := len(l) / 2; half > 0; half /= 2 {
		for j := range half {
			l[j] += l[j+half]
		}
	}
	return l[0]
}

// SumSquares returns the sum of x[i]*x[i]. The squares are exact in float64.
func SumSquares(x []float32) float64 {
	var total float64
	for len(x) > 0 {
		n := min(len(x), block)
		total += sumSquares(x[:n])
		x = x[n:]
	}
	return total
}

func sumSquares(x []float32) float64 {
	var l lanes
	for i, v := range x {
		l[i&15] += float64(float64(v) * float64(v))
	}
	return l.sum()
}
