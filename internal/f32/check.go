package f32

import "math/bits"

const (
	badLength = "f32: slices differ in length"
	badMatrix = "f32: the slice does not hold rows*n elements"
)

// SameLength panics unless x and y have the same length.
func SameLength(x, y []float32) {
	if len(x) != len(y) {
		panic(badLength)
	}
}

// SameLengths panics unless x, y and z have the same length.
func SameLengths(x, y, z []float32) {
	if len(x) != len(y) || len(x) != len(z) {
		panic(badLength)
	}
}

// CheckMatrix panics unless x holds rows*n elements. A product that overflows does not pass.
func CheckMatrix(x []float32, rows, n int) {
	high, low := bits.Mul64(uint64(rows), uint64(n))
	if rows < 0 || n < 0 || high != 0 || low != uint64(len(x)) {
		panic(badMatrix)
	}
}
