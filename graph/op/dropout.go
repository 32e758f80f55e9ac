package op

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/norm"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Noise is the source of a random op: the key of its own stream, and a pointer to the number of the
// current training step. What an op draws depends on both and on the index of the element, and on
// nothing else. So its gradient draws the same numbers again, and nothing must be stored.
//
// Place is the number of the first row in its batch, if the rows are a part of it; nil stands for 0. So a
// batch that is computed in parts draws what it draws as a whole.
type Noise struct {
	Key   uint64
	Step  *uint64
	Place *uint64
}

// stream is the stream of the present step, at the first of the numbers of these rows, each of which
// draws perRow of them.
func (n Noise) stream(perRow int) uint64 {
	return random.Skip(random.Sub(n.Key, *n.Step), n.place()*uint64(perRow))
}

func (n Noise) place() uint64 {
	if n.Place == nil {
		return 0
	}
	return *n.Place
}

// Dropout sets each element to zero with probability p and divides the others by 1-p, which keeps
// the mean (inverted dropout; Srivastava et al. 2014). 0 <= p < 1. Input: s. Output: s.
func Dropout(p float32, noise Noise, s Shape) Op {
	o := like(fmt.Sprintf("Dropout[%v,%#x]", p, noise.Key), 1, s)
	o.Run = func(y []float32, x [][]float32) { elementwise.Dropout(y, x[0], 1-p, noise.stream(s.Size()/s[0])) }
	o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return []*G.Node{t.Do(Dropout(p, noise, s), dy)} // it is linear
	}
	o.Noisy = true
	return o.flat()
}

// SpatialDropout is Dropout of whole channels (Tompson et al. 2015). Input: s, (rows, height,
// width, channels). Output: s.
func SpatialDropout(p float32, noise Noise, s Shape) Op {
	samples, pixels, n := channels(s)
	factor := make([]float32, samples*n)
	ones := slices.Repeat([]float32{1}, len(factor))
	o := like(fmt.Sprintf("SpatialDropout[%v,%#x]", p, noise.Key), 1, s)
	o.Run = func(y []float32, x [][]float32) {
		elementwise.Dropout(factor, ones, 1-p, noise.stream(n))
		norm.ScaleChannels(y, x[0], factor, samples, pixels, n)
	}
	o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return []*G.Node{t.Do(SpatialDropout(p, noise, s), dy)}
	}
	o.Noisy = true
	return o
}

// GaussianNoise adds a normally distributed number of mean 0 to each element. Input: s. Output: s.
func GaussianNoise(stddev float32, noise Noise, s Shape) Op {
	o := like(fmt.Sprintf("GaussianNoise[%v,%#x]", stddev, noise.Key), 1, s)
	o.Run = func(y []float32, x [][]float32) {
		elementwise.AddNormal(y, x[0], stddev, random.Sub(noise.Key, *noise.Step), noise.place()*uint64(s.Size()/s[0]))
	}
	o.Grad = func(_ *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{dy} }
	o.Noisy = true
	return o.flat()
}
