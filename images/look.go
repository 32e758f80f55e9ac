package images

import (
	"fmt"
	"math"
)

// Look returns a note if the set's numbers look wrong: if all are equal, or if they are from under a
// tenth of the range; else "".
func (s *Set) Look() string {
	lowest, highest, most := math.MaxInt, 0, math.MaxUint8
	for _, v := range s.Pixels {
		lowest, highest = min(lowest, int(v)), max(highest, int(v))
	}
	for _, v := range s.Deep {
		lowest, highest, most = min(lowest, int(v)), max(highest, int(v)), math.MaxUint16
	}
	switch {
	case s.Len() == 0 || (highest-lowest)*10 >= most:
		return ""
	case lowest == highest:
		return fmt.Sprintf("all numbers of all %d images of %s are %d of %d: are they what they should be?", s.Len(), s.Name, lowest, most)
	}
	return fmt.Sprintf("all numbers of all %d images of %s are from %d to %d of %d, under a tenth of the range: --range auto spreads them, --range LOW:HIGH says which are black and white",
		s.Len(), s.Name, lowest, highest, most)
}
