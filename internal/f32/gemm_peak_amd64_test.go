package f32

const peakRounds = 10_000

// peakTask does peakFlops in each part, at the processor's peak.
type peakTask simdLevel

func (t peakTask) do(_, _ int) {
	switch simdLevel(t) {
	case avx512:
		peakAVX512(peakRounds)
	case avx2:
		peakAVX2(peakRounds)
	}
}

func peakFlops(level simdLevel) float64 {
	lanes := 8.0
	if level == avx512 {
		lanes = 16
	}
	return 2 * 12 * lanes * peakRounds
}
