package images

import (
	"fmt"
	"math"
)

// Look returns a note if the set's numbers look wrong: if all are equal, or if they are from under a
// tenth of the range; else "".
func (s *Set) Look() string {
	lowest, highest, most := extent(s.Pixels, math.MaxUint8)
	if s.Deep != nil {
		lowest, highest, most = extent(s.Deep, math.MaxUint16)
	}
	switch {
	case s.Len() == 0 || wide(lowest, highest, most):
		return ""
	case lowest == highest:
		return fmt.Sprintf("all numbers of all %d images of %s are %d of %d: are they what they should be?", s.Len(), s.Name, lowest, most)
	}
	return fmt.Sprintf("all numbers of all %d images of %s are from %d to %d of %d, under a tenth of the range: --range auto spreads them, --range LOW:HIGH says which are black and white",
		s.Len(), s.Name, lowest, highest, most)
}

// extent returns the lowest and the highest of numbers, and the highest that they may have. It stops when
// these are far apart: nearly all sets show that with their first images.
func extent[T byte | uint16](x []T, white T) (lowest, highest, most int) {
	const step = 4096 // numbers
	least, top := white, T(0)
	for len(x) > 0 && !wide(int(least), int(top), int(white)) {
		n := min(step, len(x))
		for _, v := range x[:n] {
			least, top = min(least, v), max(top, v)
		}
		x = x[n:]
	}
	return int(least), int(top), int(white)
}

// wide reports whether numbers are from a tenth of the range or more.
func wide(lowest, highest, most int) bool { return (highest-lowest)*10 >= most }
