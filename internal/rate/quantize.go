package rate

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Limit is the largest magnitude of a quantised latent. Larger ones are clamped to it.
const Limit = 1 << 20

// Quantizer has the parameters of the quantiser: for each latent a step, which is above 0, and an
// offset.
type Quantizer struct{ Step, Offset []float32 }

// Steps writes step[j] = exp(logStep[j]), computed in float64 and rounded once.
func Steps(step, logStep []float32) {
	f32.SameLength(step, logStep)
	for j, l := range logStep {
		step[j] = float32(f32.Exp(f32.Widen(l)))
	}
}

// position returns z in steps from the offset, and the integer q that is closest. Of two integers
// that are equally close, q is the even one. q of NaN is NaN.
func position(z, step, offset float32) (y, q float32) {
	y = (z - offset) / step
	q = float32(math.RoundToEven(float64(y)))
	if q > Limit {
		q = Limit
	}
	if q < -Limit {
		q = -Limit
	}
	return y, q
}

type quantizeOperands struct {
	Quantizer
	y, v, z []float32
	dy, dv  []float32
	dl, do  []float32
	n       int
	noisy   bool
	stream  uint64
}

var overQuantized pool.Range[quantizeOperands]

func (x *quantizeOperands) check(rows int) {
	f32.CheckMatrix(x.Step, 1, x.n)
	f32.CheckMatrix(x.Offset, 1, x.n)
	f32.CheckMatrix(x.z, rows, x.n)
	for _, s := range [][]float32{x.y, x.v, x.dy, x.dv, x.dl, x.do} {
		if s != nil {
			f32.SameLength(s, x.z)
		}
	}
}

// grain is how many rows of n numbers one goroutine takes at a time, if a number costs as much as
// so many elements of a cheap kernel.
func grain(n, cost int) int { return max(pool.Grain/cost/max(n, 1), 1) }

// Quantize quantises rows of len(c.Step) latents z. With step s and offset o of the latent:
//
//	p = (z - o) / s
//	q = p rounded to the closest integer, halves to even, and clamped to ±Limit
//	v = q
//	y = q*s + o
//
// Each operation rounds to float32. v is the symbol that is coded, y is what the decoder sees. y
// may be z. v may be nil.
func (c Quantizer) Quantize(y, v, z []float32, rows int) {
	x := quantizeOperands{Quantizer: c, y: y, v: v, z: z, n: len(c.Step)}
	x.check(rows)
	overQuantized.Run(rows, grain(x.n, 4), x, quantize)
}

// QuantizeNoisy is Quantize with v = p + u instead of q. u is a uniform number in [-1/2, 1/2), a
// multiple of 2^-24: for element i of the matrix it is random.Hash(stream, i) >> 40,
// times 2^-24, minus 1/2.
func (c Quantizer) QuantizeNoisy(y, v, z []float32, rows int, stream uint64) {
	x := quantizeOperands{Quantizer: c, y: y, v: v, z: z, n: len(c.Step), noisy: true, stream: stream}
	x.check(rows)
	overQuantized.Run(rows, grain(x.n, 4), x, quantize)
}

func quantize(x quantizeOperands, lo, hi int) {
	for r := lo; r < hi; r++ {
		for j, step := range x.Step {
			i := r*x.n + j
			offset := x.Offset[j]
			p, q := position(x.z[i], step, offset)
			x.y[i] = float32(q*step) + offset
			switch {
			case x.v == nil:
			case x.noisy:
				u := float32(float32(random.Hash(x.stream, uint64(i))>>40)*0x1p-24) - 0.5
				x.v[i] = p + u
			default:
				x.v[i] = q
			}
		}
	}
}

// Gradient writes the gradients of QuantizeNoisy from dy and dv, those of y and v; nil stands for
// zeros. Rounding counts as the identity (the straight-through gradient), so that the distortion
// sees the rounded value. With p and q of the latent:
//
//	dz = dy + dv/s
//	dl = dy*(s*(q - p)) - dv*p
//	do = -(dv/s)
//
// dl and do are the parts of each element in the gradients of the step's logarithm and of the
// offset. Their sums over the rows are the gradients.
func (c Quantizer) Gradient(dz, dl, do, z, dy, dv []float32, rows int) {
	x := quantizeOperands{Quantizer: c, y: dz, dl: dl, do: do, z: z, dy: dy, dv: dv, n: len(c.Step)}
	x.check(rows)
	overQuantized.Run(rows, grain(x.n, 4), x, quantizeGradient)
}

func quantizeGradient(x quantizeOperands, lo, hi int) {
	for r := lo; r < hi; r++ {
		for j, step := range x.Step {
			i := r*x.n + j
			p, q := position(x.z[i], step, x.Offset[j])
			var dy, dv float32
			if x.dy != nil {
				dy = x.dy[i]
			}
			if x.dv != nil {
				dv = x.dv[i]
			}
			v := dv / step
			x.y[i] = dy + v
			x.dl[i] = float32(dy*float32(step*(q-p))) - float32(dv*p)
			x.do[i] = -v
		}
	}
}
