//go:build !amd64

package f32

func gemmKernels(simdLevel) *tileKernels { return &kernelsPortable }
