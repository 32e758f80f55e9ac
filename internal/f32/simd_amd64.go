package f32

import "golang.org/x/sys/cpu"

const (
	avx2   = portable + 1 // AVX2 and FMA
	avx512 = portable + 2 // AVX-512 F, VL, DQ and BW
)

var levelNames = [...]string{"portable", "AVX2", "AVX-512"}

// bestLevel honours GODEBUG: cpu.avx512f=off leaves AVX2, and cpu.avx2=off or cpu.fma=off with it leaves the portable
// code.
func bestLevel() simdLevel {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return portable
	case !x.HasAVX512F || !x.HasAVX512VL || !x.HasAVX512DQ || !x.HasAVX512BW:
		return avx2
	}
	return avx512
}
