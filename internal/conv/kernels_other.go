//go:build !amd64

package conv

import "github.com/gorgonae/gorgonae/internal/simd"

func kernels(simd.Level) *kernel { return &portable }
