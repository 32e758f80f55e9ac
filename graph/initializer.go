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

// GlorotUniform draws a kernel of shape (in, out) uniformly from ±sqrt(6/(in+out)) (Glorot and Bengio 2010). Of other
// shapes the last axis is out, and the axes before it together are in.
func GlorotUniform(w []float32, s Shape, uniform func() float32) {
	out := s[len(s)-1]
	limit := float32(math.Sqrt(6 / float64(s.Size()/out+out)))
	for i := range w {
		w[i] = (2*uniform() - 1) * limit
	}
}
