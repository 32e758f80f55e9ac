//go:build !amd64 && !arm64

package f32

func gemmKernels(simdLevel) *tileKernels { return &kernelsPortable }
