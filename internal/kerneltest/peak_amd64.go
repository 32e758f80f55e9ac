package kerneltest

import "github.com/gorgonae/gorgonae/internal/simd"

const peakRounds = 10_000

// peakTask does peakFlops operations in each part, as fast as the processor can.
type peakTask simd.Level

func (t peakTask) Do(_, _ int) {
	switch simd.Level(t) {
	case simd.AVX512:
		peakAVX512(peakRounds)
	case simd.AVX2:
		peakAVX2(peakRounds)
	}
}

func peakFlops(level simd.Level) float64 {
	lanes := 8.0
	if level == simd.AVX512 {
		lanes = 16
	}
	return 2 * 12 * lanes * peakRounds
}
