//go:build !amd64

package f32

func bestLevel() simdLevel { return portable }
