package rate

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// MaxLogistics is the largest number of logistic distributions in a mixture.
const MaxLogistics = 16

// Mixture has the parameters of n mixtures of k logistic distributions, one mixture for each latent.
// Each slice has n rows of k numbers. The weight of a distribution is the softmax of the logits of
// its row.
type Mixture struct{ Logit, Mean, LogScale []float32 }

type mixtureOperands struct {
	Mixture
	v, dv []float32 // dv is nil if not wanted
	d     Mixture   // the gradients; empty if not wanted
	sums  []float64 // of the latents, in nats
	rows  int
	n, k  int
	scale float64
}

var overMixtures pool.Range[mixtureOperands]

// Bits returns scale times the bits that rows of n latents v cost. The distribution of latent j is
// mixture j, the same in all rows. It computes in float64. It adds the rows of a latent in order,
// then the latents in order, and rounds the product with scale/ln(2) once.
//
// dv, if it is not nil, gets the gradient of v, each number rounded once. d, if it is not empty, gets
// the gradients of the parameters: each is added over the rows in order in float64 and rounded once.
// They are right for a scale above 0. sums is scratch memory, a number for each latent.
func (m Mixture) Bits(v, dv []float32, d Mixture, rows, n int, scale float32, sums []float64) float32 {
	k := len(m.Logit) / max(n, 1)
	f32.CheckMatrix(v, rows, n)
	for _, s := range [][]float32{m.Logit, m.Mean, m.LogScale} {
		f32.CheckMatrix(s, n, k)
	}
	if dv != nil {
		f32.SameLength(dv, v)
	}
	if d.Logit != nil {
		f32.SameLengths(d.Logit, d.Mean, m.Logit)
		f32.SameLength(d.LogScale, m.Logit)
	}
	if k < 1 || k > MaxLogistics {
		panic("rate: a mixture has too few or too many distributions")
	}
	if len(sums) < n {
		panic("rate: fewer sums than latents")
	}
	x := mixtureOperands{m, v, dv, d, sums, rows, n, k, float64(float64(scale) * math.Log2E)}
	overMixtures.Run(n, max(pool.Grain/128/k/max(rows, 1), 1), x, mixtureColumns)
	return total(sums[:n], x.scale)
}

// mixtureParts are the numbers of one latent's distributions.
type mixtureParts struct {
	logWeight, nats, dd, dl [MaxLogistics]float64

	dLogit, dMean, dLogScale [MaxLogistics]float64
}

func mixtureColumns(x mixtureOperands, lo, hi int) {
	for j := lo; j < hi; j++ {
		var p mixtureParts
		k := x.k
		logit, mean, logScale := x.Logit[j*k:][:k], x.Mean[j*k:][:k], x.LogScale[j*k:][:k]
		p.logSoftmax(logit)
		sum := 0.0
		for r := range x.rows {
			v := f32.Widen(x.v[r*x.n+j])
			nats, dv := p.add(v, mean, logScale)
			sum += bound(nats)
			if x.dv != nil {
				x.dv[r*x.n+j] = float32(x.scale * dv)
			}
		}
		x.sums[j] = sum
		if x.d.Logit == nil {
			continue
		}
		for c := range k {
			x.d.Logit[j*k+c] = float32(x.scale * p.dLogit[c])
			x.d.Mean[j*k+c] = float32(x.scale * p.dMean[c])
			dl := float64(x.scale * p.dLogScale[c])
			if leaves(logScale[c], dl) {
				dl = 0
			}
			x.d.LogScale[j*k+c] = float32(dl)
		}
	}
}

// logSoftmax sets the logarithms of the weights.
func (p *mixtureParts) logSoftmax(logit []float32) {
	largest := f32.Widen(logit[0])
	for _, l := range logit {
		if l := f32.Widen(l); l > largest {
			largest = l
		}
	}
	sum := 0.0
	for _, l := range logit {
		sum += f32.Exp(f32.Widen(l) - largest)
	}
	log := f32.Log(sum)
	for c, l := range logit {
		p.logWeight[c] = f32.Widen(l) - largest - log
	}
}

// add returns -log of the mixture's probability of v, and its derivative by v. It adds the
// derivatives by the parameters to the sums. With the parts e_c = log(weight_c) - nats_c and the
// largest of them, the probability is e^largest times the sum of e^(e_c - largest).
func (p *mixtureParts) add(v float64, mean, logScale []float32) (nats, dv float64) {
	var e [MaxLogistics]float64
	largest := math.Inf(-1)
	for c, m := range mean {
		p.nats[c], p.dd[c], p.dl[c] = logistic(v-f32.Widen(m), f32.Widen(clampScale(logScale[c])))
		if e[c] = p.logWeight[c] - p.nats[c]; !(e[c] <= largest) {
			largest = e[c]
		}
	}
	sum := 0.0
	for c := range mean {
		e[c] = f32.Exp(e[c] - largest)
		sum += e[c]
	}
	for c := range mean {
		share := e[c] / sum // of this distribution in the probability
		d := float64(share * p.dd[c])
		dv += d
		p.dMean[c] -= d
		p.dLogScale[c] += float64(share * p.dl[c])
		p.dLogit[c] += f32.Exp(p.logWeight[c]) - share
	}
	return -largest - f32.Log(sum), dv
}
