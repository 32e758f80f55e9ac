//go:build !amd64 && !arm64

package f32

var levelNames = [...]string{"portable"}

func bestLevel() simdLevel { return portable }
