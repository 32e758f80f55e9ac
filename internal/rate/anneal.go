package rate

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// closest bounds how near to an integer Anneal takes a position.
const closest = 0x1p-20

type annealOperands struct {
	Quantizer
	y, v, slope, p []float32
	n              int
	power          float64
	shift          []float64 // of each latent
}

var overAnnealed pool.Range[annealOperands]

// Anneal rounds positions p, in rows of len(c.Step) latents, softly and at random: between the two
// integers around p, by a sample of the Gumbel softmax (Yang, Bamler and Mandt, "Improving inference
// for neural image compression", 2020). With the fraction f of p above the integer a below it,
// clamped to [2^-20, 1-2^-20], the temperature t and the noise g of the latent:
//
//	l = log(f*(1+f) / ((1-f)*(2-f))) / 2       which is atanh(f) - atanh(1-f)
//	w = 1 / (1 + exp(-(l/t + g)/t))
//	v = a + w
//	slope = dv/dp = w*(1-w) / t^2 * (1/f + 1/(1+f) + 1/(1-f) + 1/(2-f)) / 2
//	y = v*step + offset
//
// Without noise, v is close to p at a temperature of 0.7, and close to an integer at 0.1. A
// temperature of 0 leaves positions as they are: v is p, and slope is 1. A sample has a logistic
// random number as g. A latent has the same noise in all rows. All is computed in float64 and
// rounded once, but y from the rounded v, in float32. shift is scratch memory, a number for each
// latent.
func (c Quantizer) Anneal(y, v, slope, p, noise []float32, temperature float32, rows int, shift []float64) {
	n := len(c.Step)
	f32.CheckMatrix(c.Offset, 1, n)
	f32.CheckMatrix(noise, 1, n)
	f32.CheckMatrix(p, rows, n)
	f32.SameLengths(y, v, p)
	f32.SameLength(slope, p)
	if len(shift) < n {
		panic("rate: fewer shifts than latents")
	}
	x := annealOperands{Quantizer: c, y: y, v: v, slope: slope, p: p, n: n, shift: shift}
	if t := f32.Widen(temperature); t > 0 {
		x.power = 0.5 / float64(t*t)
		for j, g := range noise {
			shift[j] = -f32.Widen(g) / t
		}
	}
	overAnnealed.Run(rows, grain(n, 64), x, anneal)
}

func anneal(x annealOperands, lo, hi int) {
	for r := lo; r < hi; r++ {
		for j, step := range x.Step {
			i := r*x.n + j
			v, slope := x.p[i], float32(1)
			if x.power > 0 {
				v, slope = soften(f32.Widen(v), x.power, x.shift[j])
			}
			x.v[i], x.slope[i] = v, slope
			x.y[i] = float32(v*step) + x.Offset[j]
		}
	}
}

// soften returns v and slope for a power of 1/(2 t^2) and a shift of -g/t.
func soften(p, power, shift float64) (v, slope float32) {
	a := math.Floor(p)
	f := max(closest, min(1-closest, p-a))
	e := 1 - f
	up, down := float64(f*(1+f)), float64(e*(1+e))
	w := 1 / (1 + f32.Exp(float64(power*f32.Log(down/up))+shift))
	d := (1+float64(2*f))/up + (1+float64(2*e))/down
	return float32(a + w), float32(float64(float64(w*(1-w))*power) * d)
}

type annealGradient struct {
	dp, slope, dy, dv, step []float32
	n                       int
}

var overAnnealGradients pool.Range[annealGradient]

// AnnealGradient writes the gradient of the positions of Anneal from its slopes and from dy and dv,
// the gradients of y and v:
//
//	dp = slope*(dy*step + dv)
func (c Quantizer) AnnealGradient(dp, slope, dy, dv []float32, rows int) {
	n := len(c.Step)
	f32.CheckMatrix(dp, rows, n)
	f32.SameLengths(dp, slope, dy)
	f32.SameLength(dp, dv)
	overAnnealGradients.Run(rows, grain(n, 2), annealGradient{dp, slope, dy, dv, c.Step, n}, func(x annealGradient, lo, hi int) {
		for r := lo; r < hi; r++ {
			for j, step := range x.step {
				i := r*x.n + j
				x.dp[i] = x.slope[i] * (float32(x.dy[i]*step) + x.dv[i])
			}
		}
	})
}
