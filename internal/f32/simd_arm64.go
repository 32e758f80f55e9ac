package f32

const neon = portable + 1 // of the matrix product alone

var levelNames = [...]string{"portable", "NEON"}

// bestLevel is NEON: every arm64 that Go runs on has it.
func bestLevel() simdLevel { return neon }
