package simd

// NEON is the level of arm64. Only the matrix product has code for it.
const NEON = Portable + 1

var names = [...]string{"portable", "NEON"}

// Best returns NEON: every arm64 processor that Go supports has it.
func Best() Level { return NEON }
