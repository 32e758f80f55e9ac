//go:build !amd64 && !arm64

package simd

var names = [...]string{"portable"}

// Best returns Portable: kernels have no assembly for this processor.
func Best() Level { return Portable }
