package f32

import "golang.org/x/sys/cpu"

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
