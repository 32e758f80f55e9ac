package f32

// A simdLevel is a set of vector instructions of the processor's family. Kernels have code for some levels, and all give
// the same bits.
type simdLevel int

const portable simdLevel = 0 // Go

func (l simdLevel) String() string { return levelNames[l] }

// simd is the best level of this processor. Only tests change it.
var simd = bestLevel()
