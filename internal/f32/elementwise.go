package f32

import "math"

// Add writes y[i] = a[i] + b[i], in place if y is a or b.
func Add(y, a, b []float32) {
	same3(y, a, b)
	parallelRange(len(y), grain, operands{y: y, a: a, b: b}, add)
}

func add(x operands, lo, hi int) {
	if vector(kernelAdd, &x, lo, hi) {
		return
	}
	y, b := x.y[lo:hi], x.b[lo:hi]
	for i, v := range x.a[lo:hi] {
		y[i] = v + b[i]
	}
}

// Scale writes y[i] = a * x[i], in place if y is x.
func Scale(y, x []float32, a float32) {
	same(y, x)
	parallelRange(len(y), grain, operands{y: y, a: x, s: scalars(a)}, scale)
}

func scale(x operands, lo, hi int) {
	if vector(kernelScale, &x, lo, hi) {
		return
	}
	y, a := x.y[lo:hi], x.s[0]
	for i, v := range x.a[lo:hi] {
		y[i] = a * v
	}
}

// FromBytes writes y[i] = float32(x[i]) / 255, which takes a pixel to [0, 1].
func FromBytes(y []float32, x []byte) {
	if len(y) != len(x) {
		panic(badLength)
	}
	parallelRange(len(y), grain, operands{y: y, bytes: x}, fromBytes)
}

func fromBytes(x operands, lo, hi int) {
	if whole := lo + (hi-lo)&^15; whole > lo && vector(kernelFromBytes, &x, lo, whole) {
		lo = whole
	}
	y := x.y[lo:hi]
	for i, v := range x.bytes[lo:hi] {
		y[i] = float32(v) / 255
	}
}

// AllFinite reports whether x holds neither a NaN nor an infinity.
func AllFinite(x []float32) bool { return sumBlocks(operands{a: x}, allFinite) == 0 }

// allFinite writes for each block a number that is 0 if and only if all is finite.
func allFinite(x operands, lo, hi int) {
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		if !vector(kernelAllFinite, &x, lo, end) {
			x.keys[0] = notFinite(x.a[lo:end])
		}
		x.sums[lo/block] = float64(x.keys[0])
	}
}

func notFinite(x []float32) uint64 {
	// Both have all bits of the exponent set, so that one more carries into the sign's place.
	const magnitude, exponentStep = 1<<31 - 1, 1 << 23
	var carry uint32
	for _, v := range x {
		carry |= math.Float32bits(v)&magnitude + exponentStep
	}
	return uint64(carry >> 31)
}
