package graph

import "math"

// Initializer gives a new weight its first values. uniform draws from [0, 1); its stream follows from the seed of
// Model.Init and the weight's name.
type Initializer func(w []float32, s Shape, uniform func() float32)

// Zeros sets a weight to 0, as biases begin.
func Zeros(w []float32, _ Shape, _ func() float32) { clear(w) }

// Ones sets a weight to 1, as scales begin.
func Ones(w []float32, _ Shape, _ func() float32) {
	for i := range w {
		w[i] = 1
	}
}

// GlorotUniform draws a kernel of shape (in, out) uniformly from ±sqrt(6/(in+out)) (Glorot and Bengio 2010). Of a shape of
// four axes, a kernel of convolutions, the first two are the channels, and each channel counts once for each pixel of the
// kernel, as in Keras. Of other shapes the last axis is out, and the axes before it together are in.
func GlorotUniform(w []float32, s Shape, uniform func() float32) {
	out := s[len(s)-1]
	both := s.Size()/out + out
	if len(s) == 4 {
		both = (s[0] + s[1]) * s[2] * s[3]
	}
	limit := float32(math.Sqrt(6 / float64(both)))
	for i := range w {
		w[i] = (2*uniform() - 1) * limit
	}
}
