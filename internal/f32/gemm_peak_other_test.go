//go:build !amd64

package f32

type peakTask simdLevel

func (peakTask) do(_, _ int) {}

func peakFlops(simdLevel) float64 { return 0 }
