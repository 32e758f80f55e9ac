// Package grow makes room for data whose amount a file promises, but cannot prove before they are read:
// those of a compressed file. A file that promises too much takes little memory, and one that tells the
// truth hardly more than its data need.
package grow

import "io"

const (
	first  = 1 << 17 // elements; less room than for so many is not worth the care
	factor = 8       // between two rooms
	piece  = 1 << 18 // bytes that are used at a time
)

// More returns x, of which n elements are promised, with room for more. The room for at most 2^20 elements
// is made at once, and later rooms are eight times as large as what has come. As the last room is for n
// elements exactly, x and the data that it is copied from never need more than 9/8 of the memory of n.
func More[T any](x []T, n int) []T {
	if len(x) < cap(x) || len(x) >= n {
		return x
	}
	room := n
	for room/factor > max(len(x), first) {
		room /= factor
	}
	y := make([]T, len(x), room)
	copy(y, x)
	return y
}

// Read reads n bytes. Its error is that of io.ReadFull, with the bytes that came.
func Read(in io.Reader, n int) (x []byte, err error) { return ReadEach(in, n, func([]byte) {}) }

// ReadEach is Read that calls a function with each piece as soon as it came. Nobody changes the pieces later.
func ReadEach(in io.Reader, n int, use func(piece []byte)) (x []byte, err error) {
	for len(x) < n {
		x = More(x, n)
		var k int
		k, err = io.ReadFull(in, x[len(x):min(cap(x), len(x)+piece)])
		use(x[len(x) : len(x)+k])
		if x = x[:len(x)+k]; err != nil {
			if err == io.EOF && len(x) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return x, err
		}
	}
	return x, nil
}
