//go:build !amd64

package kerneltest

import "github.com/gorgonae/gorgonae/internal/simd"

// The peak is measured on amd64 alone.
type peakTask simd.Level

func (peakTask) Do(_, _ int) {}

func peakFlops(simd.Level) float64 { return 0 }
