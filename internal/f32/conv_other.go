//go:build !amd64

package f32

func convKernels(simdLevel) *convKernel { return &convPortable }
