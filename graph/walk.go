package graph

import (
	kernels "github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/gemm"
)

// Walk goes through the latents of several codes at once, and gives the distributions of each
// latent from the symbols of those before. Encoder and decoder walk alike. It computes what the
// layer computes on the whole code, with the same bits: a product adds its terms in the order of
// the latents, and the latents that are not known yet have weight 0.
//
//	w := prior.Walk(rows)
//	symbols := make([]int32, rows)
//	for range prior.Latents() {
//		means, logScales := w.Next(symbols) // the first time symbols are not read
//		...                                 // encode or decode symbols
//	}
type Walk struct {
	prior   *Prior
	rows    int
	latent  int       // the next one
	hidden  int       // hidden units that are computed
	symbols []float32 // (latents, rows)
	units   []float32 // (hidden, rows)
	sums    []float32 // (2·latents, rows), of the outputs, over the first added units
	added   int
}

// walkBlock is how many latents share a product: at each multiple of it, the hidden units that are
// computed by then are added to the sums of all outputs that are left. A product of many outputs is
// much faster than as many products of one.
const walkBlock = 8

// Walk begins a walk through rows codes. The prior must be conditional. A Walk needs 4 bytes for
// each hidden unit and 12 for each latent, times rows. One goroutine at a time may use it.
func (p *Prior) Walk(rows int) *Walk {
	if !p.Conditional() || rows < 1 {
		panic("graph: a walk through no rows, or through latents that are independent")
	}
	return &Walk{prior: p, rows: rows, symbols: make([]float32, p.Latents()*rows),
		units: make([]float32, len(p.hidden.count)*rows), sums: make([]float32, 2*p.Latents()*rows)}
}

// Next returns the distributions of the next latent: a mean and the logarithm of a scale for each
// code. previous has the symbols of the latent before, one for each code; for the first latent it is
// not read. The result is valid until the next call.
func (w *Walk) Next(previous []int32) (means, logScales []float32) {
	i, rows := w.latent, w.rows
	if i >= w.prior.Latents() {
		panic("graph: a walk past the last latent")
	}
	if i > 0 {
		if len(previous) != rows {
			panic("graph: the number of symbols is not the number of codes")
		}
		for r, q := range previous {
			w.symbols[(i-1)*rows+r] = float32(q)
		}
	}
	k, n := w.prior.output.count[i], w.prior.Latents()
	w.extend(k)
	if i%walkBlock == 0 {
		w.add(i, n-i, k)
		w.added = k
	}
	w.add(i, 1, k)
	means, logScales = w.sums[i*rows:][:rows], w.sums[(n+i)*rows:][:rows]
	w.prior.output.shift(means, i)
	w.prior.output.shift(logScales, n+i)
	w.latent++
	return clean(means, -MaxSymbol, MaxSymbol, 0), clean(logScales, MinLogScale, MaxLogScale, 0)
}

// extend computes hidden units until there are k. Units that see equally many latents are computed
// at once.
func (w *Walk) extend(k int) {
	count := w.prior.hidden.count
	for w.hidden < k {
		end := w.hidden + 1
		for end < k && count[end] == count[w.hidden] {
			end++
		}
		units := w.units[w.hidden*w.rows : end*w.rows]
		w.prior.hidden.apply(units, w.symbols, w.hidden, end-w.hidden, w.rows)
		kernels.LeakyReLU(units, units, priorSlope)
		w.hidden = end
	}
}

// add adds the hidden units from those that are added to unit k to the sums of the outputs of latents
// from the first one on. A sum goes on from its value, so it has the bits of one product.
func (w *Walk) add(first, latents, k int) {
	if k == w.added {
		return
	}
	m, units := &w.prior.output, w.units[w.added*w.rows:k*w.rows]
	in := len(w.prior.hidden.count)
	for _, j := range []int{first, w.prior.Latents() + first} {
		gemm.Mul(false, false, latents, w.rows, k-w.added, m.kernel[j*in+w.added:], in, units, w.rows, true, w.sums[j*w.rows:], w.rows)
	}
}

// apply computes outputs of the layer from the first one on, which all use equally many inputs. x
// is (inputs, rows), y is (outputs, rows).
func (m *masking) apply(y, x []float32, first, outputs, rows int) {
	in, k := len(m.kernel)/len(m.count), m.count[first]
	if k == 0 {
		clear(y)
	} else {
		gemm.Mul(false, false, outputs, rows, k, m.kernel[first*in:], in, x, rows, false, y, rows)
	}
	for j := range outputs {
		m.shift(y[j*rows:][:rows], first+j)
	}
}

// shift adds the bias of output j.
func (m *masking) shift(y []float32, j int) {
	b := m.bias[j]
	for r, v := range y {
		y[r] = v + b
	}
}
