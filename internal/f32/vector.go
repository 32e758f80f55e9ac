package f32

// A kernel over elements is a function of operands and a range of elements, so that the pool can share it out. It asks
// vector to do the work, and where that has no code for this processor it runs the loop that is its definition.

// kernelID names a kernel to vector.
type kernelID int

// grain is how many elements a processor takes at a time: 10 µs of work and more, against the microsecond that it costs
// to share them out.
const grain = 1 << 15

// scalars makes the scalar operands of a kernel.
func scalars(s ...float32) (all [6]float32) {
	copy(all[:], s)
	return all
}
