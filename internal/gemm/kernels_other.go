//go:build !amd64 && !arm64

package gemm

import "github.com/gorgonae/gorgonae/internal/simd"

func kernels(simd.Level) *tileKernels { return &kernelsPortable }
