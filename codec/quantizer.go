package codec

import (
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/pool"
)

// maxCode is the largest magnitude of a code's integer. Numbers beyond are clamped to it.
const maxCode = 1 << 20

// Quantizer rounds each number of a code to an integer: q = round((z-offset)/step), halves to even,
// clamped to 2^20. The decoder network gets q*step + offset. Each operation rounds to float32.
type Quantizer struct {
	Step, Offset []float32 // of each latent; steps are above 0
}

type quantizing struct {
	Quantizer
	q []int32
	z []float32
}

var overQuantizing pool.Range[quantizing]

// rowGrain is how many rows of n latents one goroutine takes at a time.
func rowGrain(n int) int { return max(pool.Grain/4/n, 1) }

// Quantize writes the integers of codes z, one code behind the other.
func (c Quantizer) Quantize(q []int32, z []float32) {
	n := len(c.Step)
	overQuantizing.Run(len(z)/n, rowGrain(n), quantizing{c, q, z}, func(x quantizing, lo, hi int) {
		n := len(x.Step)
		for r := lo; r < hi; r++ {
			q, z := x.q[r*n:][:n], x.z[r*n:][:n]
			for i, v := range z {
				p := math.RoundToEven(float64((v - x.Offset[i]) / x.Step[i]))
				q[i] = int32(max(-maxCode, min(maxCode, p)))
			}
		}
	})
}

// Dequantize writes the numbers that the decoder network gets.
func (c Quantizer) Dequantize(z []float32, q []int32) {
	n := len(c.Step)
	overQuantizing.Run(len(z)/n, rowGrain(n), quantizing{c, q, z}, func(x quantizing, lo, hi int) {
		n := len(x.Step)
		for r := lo; r < hi; r++ {
			q, z := x.q[r*n:][:n], x.z[r*n:][:n]
			for i, v := range q {
				z[i] = float32(float32(v)*x.Step[i]) + x.Offset[i]
			}
		}
	})
}

func (c Quantizer) check() error {
	if len(c.Step) == 0 || len(c.Offset) != len(c.Step) {
		return errors.Errorf("want a step and an offset for each latent, got %d and %d", len(c.Step), len(c.Offset))
	}
	for _, s := range c.Step {
		if !(s > 0) {
			return errors.Errorf("want steps above 0, got %v", s)
		}
	}
	return nil
}

func (c Quantizer) append(dst []byte) []byte {
	return appendFloats(appendFloats(dst, c.Step), c.Offset)
}

func readQuantizer(content []byte, latents int) (Quantizer, error) {
	c := cursor{data: content}
	q := Quantizer{c.floats("steps", latents), c.floats("offsets", latents)}
	if err := c.end(); err != nil {
		return q, err
	}
	return q, q.check()
}
