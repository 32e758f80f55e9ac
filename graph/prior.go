package graph

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/gemm"
	"github.com/gorgonae/gorgonae/internal/rate"
)

// The logarithms of the scales of a Prior are clamped to this range: those of 1/32 and 64.
const (
	MinLogScale = rate.MinLogScale
	MaxLogScale = rate.MaxLogScale
)

// MaxSymbol is the largest magnitude of a symbol.
const MaxSymbol = rate.Limit

// Prior is what a coder needs of a code layer: the quantiser, and the distribution of the symbols.
// A symbol is a quantised latent in steps from the offset, a whole number.
//
// All distributions are made of logistic ones. One with mean m and scale s gives the symbol q the
// probability F((q + 1/2 - m)/s) - F((q - 1/2 - m)/s), with F(x) = 1/(1 + exp(-x)). Its mean is at
// most MaxSymbol in magnitude, and its scale is given as a logarithm from MinLogScale to
// MaxLogScale. Neither is NaN, whatever the weights are.
//
// All numbers have the same bits on every machine. A Prior holds copies of the weights. Several
// goroutines may use it at once.
type Prior struct {
	Step, Offset []float32 // of each latent

	// Mixtures has one mixture for each latent. It is nil if the prior is conditional.
	Mixtures []Mixture

	hidden, output masking // of a conditional prior
}

// Mixture is a mixture of logistic distributions. The weights are the softmax of the logits.
type Mixture struct{ Logits, Means, LogScales []float32 }

// masking is a masked dense layer. The kernel is transposed: it has a row for each output.
type masking struct {
	kernel []float32 // (outputs, inputs)
	bias   []float32 // (outputs)
	count  []int     // how many of its first inputs each output uses
}

// PriorOf returns the prior of a node that calls FactorizedCode or ConditionalCode. It returns nil
// if the node calls another layer. It is an error if the node's weights have no values yet.
func PriorOf(n *Node) (*Prior, error) {
	w := map[string][]float32{}
	for _, weight := range n.weights {
		w[weight.Local] = weight.Data
	}
	var p Prior
	switch l := n.layer.(type) {
	case factorizedCode:
		for m := range slices.Chunk(slices.Clone(w["logit"]), l.Logistics) {
			p.Mixtures = append(p.Mixtures, Mixture{Logits: m})
		}
		for j := range p.Mixtures {
			p.Mixtures[j].Means = clean(slices.Clone(w["mean"][j*l.Logistics:][:l.Logistics]), -MaxSymbol, MaxSymbol, 0)
			p.Mixtures[j].LogScales = clean(slices.Clone(w["log_scale"][j*l.Logistics:][:l.Logistics]), MinLogScale, MaxLogScale, 0)
		}
	case conditionalCode:
		latents := n.shape[0]
		p.hidden = newMasking(w["hidden_kernel"], w["hidden_bias"], l.seen(latents))
		p.output = newMasking(w["output_kernel"], w["output_bias"], l.used(latents))
	default:
		return nil, nil
	}
	if w["log_step"] == nil {
		return nil, errors.Errorf("layer %q (%s): want values for all weights, got none: call Init, or load a file", n.name, n.layer.Kind())
	}
	p.Step, p.Offset = make([]float32, n.shape[0]), slices.Clone(w["offset"])
	rate.Steps(p.Step, w["log_step"])
	return &p, nil
}

// newMasking transposes a kernel and sets what the mask excludes to 0.
func newMasking(kernel, bias []float32, count []int) masking {
	in, out := len(kernel)/len(count), len(count)
	m := masking{kernel: make([]float32, len(kernel)), bias: slices.Clone(bias), count: count}
	if in > 0 {
		gemm.Transpose(m.kernel, kernel, 1, in, out)
	}
	for j, k := range count {
		if in > 0 {
			clear(m.kernel[j*in:][k:in])
		}
	}
	return m
}

// clean clamps numbers in place, and replaces NaN.
func clean(x []float32, low, high, nan float32) []float32 {
	for i, v := range x {
		switch {
		case v < low:
			x[i] = low
		case v > high:
			x[i] = high
		case v != v:
			x[i] = nan
		}
	}
	return x
}

// Latents returns how many latents a code has.
func (p *Prior) Latents() int { return len(p.Step) }

// Conditional reports whether distributions depend on the symbols before: whether Walk gives them.
// Else Mixtures has them.
func (p *Prior) Conditional() bool { return p.Mixtures == nil }

// Quantize writes the symbols of codes, one code after another: the latents in steps from the
// offset, rounded as the layer rounds them. It returns an error if a latent is NaN.
func (p *Prior) Quantize(symbols []int32, codes []float32) error {
	n := p.Latents()
	if len(symbols) != len(codes) || len(codes)%n != 0 {
		return errors.Errorf("want codes of %d latents and as many symbols, got %d latents and %d symbols", n, len(codes), len(symbols))
	}
	v := make([]float32, len(codes))
	rate.Quantizer{Step: p.Step, Offset: p.Offset}.Quantize(make([]float32, len(codes)), v, codes, len(codes)/n)
	for i, q := range v {
		if q != q {
			return errors.Errorf("want numbers as latents, got NaN as latent %d of code %d", i%n, i/n)
		}
		symbols[i] = int32(q)
	}
	return nil
}

// Dequantize writes the codes of symbols, as the layer gives them to the decoder: symbol·step +
// offset.
func (p *Prior) Dequantize(codes []float32, symbols []int32) error {
	n := p.Latents()
	if len(symbols) != len(codes) || len(codes)%n != 0 {
		return errors.Errorf("want codes of %d latents and as many symbols, got %d latents and %d symbols", n, len(codes), len(symbols))
	}
	for i, q := range symbols {
		codes[i] = float32(float32(q)*p.Step[i%n]) + p.Offset[i%n]
	}
	return nil
}
