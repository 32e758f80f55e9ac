package codec

import (
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/pool"
)

type rounding struct {
	pixels []byte
	x      []float32
}

var overRounding pool.Range[rounding]

// toBytes writes the bytes of values in [0, 1]; values beyond are clamped, and NaN is 0. It is
// images.ToBytes on all cores.
func toBytes(pixels []byte, x []float32) {
	overRounding.Run(len(x), pool.Grain, rounding{pixels, x}, func(r rounding, lo, hi int) {
		pixels, x := r.pixels[lo:hi], r.x[lo:hi]
		for i, v := range x[:len(pixels)] {
			// Floats above 0 are ordered as their bits are. So clamping takes no branch that the
			// processor could mispredict.
			const one, infinite = 0x3f800000, 0x7f800000
			b := math.Float32bits(v)
			b &^= uint32(int32(b) >> 31)
			if b > infinite {
				b = 0
			}
			v = math.Float32frombits(min(b, one))
			pixels[i] = byte(int32(float64(float64(v)*255) + 0.5))
		}
	})
}

// perImage makes the mean squared error of images, summed over their numbers, from images.SquaredError.
func perImage(sum uint64, n int) float64 { return float64(sum) / (255 * 255) / float64(n) }

// pixelReader returns a function that returns the bytes of image i of a source. They are valid
// until its next call.
func pixelReader(from images.Source) func(i int) ([]byte, error) {
	n := from.Size().Numbers()
	scratch := make([]byte, n)
	if s, ok := from.(interface {
		Bytes(self any) func(epoch, i int, scratch []byte) []byte
	}); ok {
		if read := s.Bytes(from); read != nil {
			return func(i int) ([]byte, error) {
				b := read(0, i, scratch)
				if len(b) != n {
					return nil, errors.Errorf("image %d: want %d bytes, got %d", i, n, len(b))
				}
				return b, nil
			}
		}
	}
	x := make([]float32, n)
	return func(i int) ([]byte, error) {
		if err := from.Example(0, i, x, nil); err != nil {
			return nil, errors.WithMessagef(err, "image %d", i)
		}
		toBytes(scratch, x)
		return scratch, nil
	}
}
