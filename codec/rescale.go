package codec

import (
	"math"
	"slices"

	"github.com/gorgonae/gorgonae/graph"
)

// A learned codec serves other rates, too, if its steps are multiplied by a factor f. Then an
// integer q stands for what was f·q before. A conditional prior stays as good as it was: its
// network gets f·q, and the logistic distribution that it gives has its mean and its scale divided
// by f. All of this goes into the weights, so a reader needs to know nothing of it.

// scaled returns numbers times a factor.
func scaled(x []float32, by float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(float64(v) * by)
	}
	return y
}

// rescale returns the weights of a conditional prior for steps that are 2^(k/32) times as large.
func rescale(weights []*graph.Weight, k int) [4][]float32 {
	latents := weights[0].Shape[0]
	var w [4][]float32
	for i := range w {
		w[i] = slices.Clone(weights[i].Data)
	}
	if k == 0 {
		return w
	}
	w[0] = scaled(w[0], factor(k))
	logFactor := float64(float64(k) * (math.Ln2 / factorDigits))
	for _, layer := range w[2:] { // outputs: the means, then the logarithms of the scales
		for i := range len(layer) / (2 * latents) {
			means := layer[i*2*latents:][:latents]
			copy(means, scaled(means, factor(-k)))
		}
	}
	for i, v := range w[3][latents:] {
		w[3][latents+i] = float32(float64(v) - logFactor)
	}
	return w
}
