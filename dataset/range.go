package dataset

import (
	"fmt"
	"io"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
)

// read reads an array: of the archive, or the one of the file. With a range, bytes become numbers.
func (a *arrays) read(name string) (npy.Array, error) {
	whole := io.NewSectionReader(a.file, 0, a.size)
	switch bytes := a.cut == (images.Range{}); {
	case a.npz != nil && bytes:
		return a.npz.ReadBytes(name)
	case a.npz != nil:
		return a.npz.Read(name)
	case bytes:
		return npy.ReadBytes(whole, a.size)
	default:
		return npy.Read(whole, a.size)
	}
}

// findRange finds an automatic range: the lowest and the highest number of the arrays to train on and to test
// with, as with pictures. test may be "". With a test array, whose numbers may happen to be from 0 to 1, it
// decides for both whether their numbers are of the range.
func (a *arrays) findRange(train, test string) error {
	if a.cut == (images.Range{}) || !a.cut.Auto && test == "" {
		return nil
	}
	names := []string{train}
	if test != "" {
		names = append(names, test)
	}
	lowest, highest := math.Inf(1), math.Inf(-1)
	for _, name := range names { // one after the other, so that they are not in memory together as floats
		x, err := a.read(name)
		if err != nil {
			return err
		}
		lo, hi, err := x.Extent()
		if err != nil && name != "" {
			err = errors.WithMessagef(err, "array %.60q", name)
		}
		if err != nil {
			return err
		}
		lowest, highest = min(lowest, float64(lo)), max(highest, float64(hi))
		a.scaled = a.scaled || x.Type.IsFloat() && (lo < 0 || hi > 1)
	}
	if !a.cut.Auto {
		return nil
	}
	if lowest > highest { // no numbers, which the shape says
		return nil
	}
	if lowest == highest {
		return errors.Errorf("want numbers of some range, got %v everywhere: give the range as LOW:HIGH", highest)
	}
	a.cut = images.Range{Lo: lowest, Hi: highest}
	a.notes = append(a.notes, fmt.Sprintf("the range of the numbers is %v, which becomes 0 to 1", a.cut))
	return nil
}

// pixels returns the numbers of an array as brightness from 0 to 1, as the range says.
func (a *arrays) pixels(x npy.Array) ([]float32, error) {
	if a.cut == (images.Range{}) {
		pixels, err := x.Pixels()
		if err != nil {
			err = errors.Errorf("%v; or say which numbers are black and white: --range LOW:HIGH, or --range auto", err)
		}
		return pixels, err
	}
	if a.scaled && x.Type.IsFloat() {
		return x.Scaled(a.cut.Lo, a.cut.Hi)
	}
	pixels, asTheyAre, err := x.InRange(a.cut.Lo, a.cut.Hi)
	if asTheyAre {
		a.notes = append(a.notes, fmt.Sprintf("the numbers are from 0 to 1, so they are taken as they are, not as from the range %v", a.cut))
	}
	return pixels, err
}
