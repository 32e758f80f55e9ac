package op

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// Noise is what a random op draws from: the key of its own stream, and where the number of the present training step
// stands. What is drawn is a function of both and of the element's index, so that the gradient draws the same again
// and nothing need be stored.
type Noise struct {
	Key  uint64
	Step *uint64
}

// Dropout sets a share p of the elements to zero and divides the others by 1-p, so that the mean stays (inverted
// dropout, Srivastava et al. 2014). 0 <= p < 1. Input and output: s.
func Dropout(p float32, noise Noise, s Shape) Op {
	o := like(fmt.Sprintf("Dropout[%v,%#x]", p, noise.Key), 1, s)
	o.Run = func(y []float32, x [][]float32) { f32.Dropout(y, x[0], 1-p, noise.Key, *noise.Step) }
	o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return []*G.Node{t.Do(Dropout(p, noise, s), dy)} // linear: its own gradient
	}
	return o
}

// SpatialDropout drops whole channels, as Dropout does elements (Tompson et al. 2015). Input and output: s, (rows, height,
// width, channels).
func SpatialDropout(p float32, noise Noise, s Shape) Op {
	samples, pixels, n := channels(s)
	factor := make([]float32, samples*n)
	ones := slices.Repeat([]float32{1}, len(factor))
	o := like(fmt.Sprintf("SpatialDropout[%v,%#x]", p, noise.Key), 1, s)
	o.Run = func(y []float32, x [][]float32) {
		f32.Dropout(factor, ones, 1-p, noise.Key, *noise.Step)
		f32.ScaleChannels(y, x[0], factor, samples, pixels, n)
	}
	o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return []*G.Node{t.Do(SpatialDropout(p, noise, s), dy)}
	}
	return o
}

// GaussianNoise adds to each element a number of the normal distribution of mean 0. Input and output: s.
func GaussianNoise(stddev float32, noise Noise, s Shape) Op {
	o := like(fmt.Sprintf("GaussianNoise[%v,%#x]", stddev, noise.Key), 1, s)
	o.Run = func(y []float32, x [][]float32) { f32.AddNormal(y, x[0], stddev, noise.Key, *noise.Step) }
	o.Grad = func(_ *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{dy} }
	return o
}
