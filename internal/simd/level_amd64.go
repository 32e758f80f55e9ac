package simd

import "golang.org/x/sys/cpu"

// The levels of amd64.
const (
	AVX2   = Portable + 1 // AVX2 and FMA
	AVX512 = Portable + 2 // AVX-512 F, VL, DQ and BW
)

var names = [...]string{"portable", "AVX2", "AVX-512"}

// Best returns the best level of this processor. It follows GODEBUG: cpu.avx512f=off leaves AVX2,
// and cpu.avx2=off or cpu.fma=off leaves the portable code.
func Best() Level {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return Portable
	case !x.HasAVX512F || !x.HasAVX512VL || !x.HasAVX512DQ || !x.HasAVX512BW:
		return AVX2
	}
	return AVX512
}
