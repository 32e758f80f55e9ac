package f32

// Block is how many elements the lanes of one sum take. See Lanes.
const Block = 4096

// Lanes are the sixteen partial sums of a block.
//
// A sum over all elements is taken in float64 along one fixed tree, so its bits depend neither on
// the vector width nor on the number of threads:
//
//   - The elements are cut into blocks of 4096.
//   - In a block, sixteen lanes start at 0, and element i is added to lane i mod 16, in order.
//   - Then lane j+8 is added to lane j, for j < 8, then j+4 to j, j+2 to j, and 1 to 0.
//   - The sums of the blocks are added in order, starting from 0.
//
// Threads share out whole blocks.
type Lanes [16]float64

// Sum adds up the lanes, in place.
func (l *Lanes) Sum() float64 {
	for half := len(l) / 2; half > 0; half /= 2 {
		for j := range half {
			l[j] += l[j+half]
		}
	}
	return l[0]
}
