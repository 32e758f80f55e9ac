package f32

import "math"

// Add writes y[i] = a[i] + b[i].
func Add(y, a, b []float32) {
	same3(y, a, b)
	for i, v := range a {
		y[i] = v + b[i]
	}
}

// Mul writes y[i] = a[i] * b[i].
func Mul(y, a, b []float32) {
	same3(y, a, b)
	for i, v := range a {
		y[i] = v * b[i]
	}
}

// Scale writes y[i] = a * x[i].
func Scale(y, x []float32, a float32) {
	same(y, x)
	for i, v := range x {
		y[i] = a * v
	}
}

// Axpy adds in place: y[i] += a * x[i].
func Axpy(y, x []float32, a float32) {
	same(y, x)
	for i, v := range x {
		y[i] += float32(a * v)
	}
}

// FromBytes writes y[i] = float32(x[i]) / 255, which takes a pixel to [0, 1].
func FromBytes(y []float32, x []byte) {
	if len(y) != len(x) {
		panic(badLength)
	}
	for i, v := range x {
		y[i] = float32(v) / 255
	}
}

// AllFinite reports whether x holds neither a NaN nor an infinity.
func AllFinite(x []float32) bool {
	// Both have all bits of the exponent set, so that one more carries into the sign's place.
	const magnitude, exponentStep = 1<<31 - 1, 1 << 23
	var carry uint32
	for _, v := range x {
		carry |= math.Float32bits(v)&magnitude + exponentStep
	}
	return carry>>31 == 0
}
