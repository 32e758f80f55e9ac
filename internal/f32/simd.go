package f32

// A simdLevel is a set of vector instructions. Each kernel has code for each level, and all give the same bits.
type simdLevel int

const (
	portable simdLevel = iota // Go
	avx2                      // AVX2 and FMA
	avx512                    // AVX-512 F, VL, DQ and BW
)

func (l simdLevel) String() string { return [...]string{"portable", "AVX2", "AVX-512"}[l] }

// simd is the best level of this processor. Only tests change it.
var simd = bestLevel()
