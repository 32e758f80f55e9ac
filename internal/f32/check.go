package f32

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

// CheckMatrix panics unless x holds rows*n elements. It computes no product that could overflow.
func CheckMatrix(x []float32, rows, n int) {
	if rows < 0 || n < 0 {
		panic(badMatrix)
	}
	if n == 0 && len(x) != 0 || n > 0 && (len(x)/n != rows || len(x)%n != 0) {
		panic(badMatrix)
	}
}
