package rate

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// The range of the logarithm of a scale: ln(1/32) and ln(64), rounded to float32. At the smallest
// scale an integer at the mean costs 3e-7 bits.
const (
	MinLogScale float32 = -3.465735902799727
	MaxLogScale float32 = 4.158883083359672
)

// MaxBits is the largest cost of a latent.
const MaxBits = 16

// logistic returns -log P(v), in nats, for d = v - m and the logarithm of the scale, and its
// derivatives by d and by that logarithm. With w = 1/s, a = w(|d| - 1/2) and b = w(-|d| - 1/2):
//
//	-log P = log(1 + e^a) + log(1 + e^b) - log(1 - e^-w)
func logistic(d, logScale float64) (nats, dd, dl float64) {
	w := f32.Exp(-logScale)
	m := math.Abs(d)
	a, b := float64(w*(m-0.5)), float64(w*(-m-0.5))
	ea, eb, ew := f32.Exp(-math.Abs(a)), f32.Exp(b), f32.Exp(-w)
	sa := 1 / (1 + ea) // the logistic functions of a and b
	la := f32.Log1p(ea)
	if a > 0 {
		la += a
	} else {
		sa *= ea
	}
	sb := eb / (1 + eb)
	nats = la + f32.Log1p(eb) - f32.Log(1-ew)
	dw := float64((m-0.5)*sa) - float64((m+0.5)*sb) - ew/(1-ew)
	return nats, math.Copysign(float64(w*(sa-sb)), d), -float64(w * dw)
}

// clampScale returns the clamped logarithm of a scale. NaN stays NaN.
func clampScale(l float32) float32 {
	if l < MinLogScale {
		l = MinLogScale
	}
	if l > MaxLogScale {
		l = MaxLogScale
	}
	return l
}

// leaves reports whether a step against the gradient d moves the logarithm of a scale further out
// of its range. Such a gradient counts as 0.
func leaves(l float32, d float64) bool { return l < MinLogScale && d > 0 || l > MaxLogScale && d < 0 }

// bound is the cost in nats, at most that of MaxBits.
func bound(nats float64) float64 {
	const most = MaxBits * math.Ln2
	if nats > most {
		return most
	}
	return nats
}

type logisticOperands struct {
	v, p   []float32
	dv, dp []float32 // nil if not wanted
	sums   []float64 // of the rows, in nats
	n      int
	scale  float64
}

var overLogistic pool.Range[logisticOperands]

// Logistic returns scale times the bits that rows of n latents v cost. Each latent has a logistic
// distribution of its own: p has rows of 2n numbers, n means and then the logarithms of n scales.
// It computes in float64. It adds the latents of a row in order, then the rows in order, and rounds
// the product with scale/ln(2) once.
//
// dv and dp, if they are not nil, get the gradients, each rounded once. They are right for a scale
// above 0. sums is scratch memory, a number for each row.
func Logistic(v, p, dv, dp []float32, rows, n int, scale float32, sums []float64) float32 {
	f32.CheckMatrix(v, rows, n)
	f32.CheckMatrix(p, rows, 2*n)
	if dv != nil {
		f32.SameLength(dv, v)
	}
	if dp != nil {
		f32.SameLength(dp, p)
	}
	if len(sums) < rows {
		panic("rate: fewer sums than rows")
	}
	x := logisticOperands{v, p, dv, dp, sums, n, float64(float64(scale) * math.Log2E)}
	overLogistic.Run(rows, grain(n, 128), x, logisticRows)
	return total(sums[:rows], x.scale)
}

// total adds up sums in order and multiplies by scale.
func total(sums []float64, scale float64) float32 {
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	return float32(sum * scale)
}

func logisticRows(x logisticOperands, lo, hi int) {
	n := x.n
	for r := lo; r < hi; r++ {
		mean, logScale := x.p[2*r*n:][:n], x.p[(2*r+1)*n:][:n]
		sum := 0.0
		for j, v := range x.v[r*n:][:n] {
			l := logScale[j]
			nats, dd, dl := logistic(f32.Widen(v)-f32.Widen(mean[j]), f32.Widen(clampScale(l)))
			sum += bound(nats)
			dd, dl = float64(x.scale*dd), float64(x.scale*dl)
			if leaves(l, dl) {
				dl = 0
			}
			if x.dv != nil {
				x.dv[r*n+j] = float32(dd)
			}
			if x.dp != nil {
				x.dp[2*r*n+j], x.dp[(2*r+1)*n+j] = float32(-dd), float32(dl)
			}
		}
		x.sums[r] = sum
	}
}
