package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// The ops of this file read normal distributions of n independent numbers, one distribution a row:
// first the n means, then the logarithms of the n variances.

// Sample draws from the distributions: mean + exp(logvar/2)·e, where e is drawn from the standard
// normal distribution. In this form the gradient does not go through what is random (the
// reparameterisation of Kingma and Welling 2014). Input: (rows, 2n). Output: (rows, n).
func Sample(rows, n int, noise Noise) Op {
	return Op{
		Name: fmt.Sprintf("Sample(%d,%d)[%#x]", rows, n, noise.Key),
		In:   []Shape{{rows, 2 * n}},
		Out:  Shape{rows, n}, Noisy: true,
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("SampleGrad(%d,%d)[%#x]", rows, n, noise.Key),
				In:   []Shape{{rows, n}, {rows, 2 * n}},
				Out:  Shape{rows, 2 * n}, Noisy: true,
			}.byRows(rows, func(rows int, dx []float32, x [][]float32) {
				elementwise.SampleGrad(dx, x[0], x[1], rows, n, noise.stream((n+1)/2))
			}), dy, x[0])}
		},
	}.byRows(rows, func(rows int, y []float32, x [][]float32) {
		elementwise.Sample(y, x[0], rows, n, noise.stream((n+1)/2))
	})
}

// Mean is the means of the distributions. Input: (rows, 2n). Output: (rows, n).
func Mean(rows, n int) Op { return take(rows, Shape{rows, 2 * n}, Shape{rows, n}, 0) }

// Divergence is scale times the sum of the Kullback-Leibler divergences of the distributions from
// the standard normal distribution, in nats: -(1 + logvar - mean² - exp(logvar))/2 for each number.
// Input: (rows, 2n). Output: a scalar.
func Divergence(rows, n int, scale float32) Op {
	s := Shape{rows, 2 * n}
	return Op{
		Name: fmt.Sprintf("Divergence(%d,%d)[%v]", rows, n, scale),
		In:   []Shape{s},
		Out:  Shape{},
		Run:  func(y []float32, x [][]float32) { y[0] = reduce.Divergence(x[0], rows, n, scale) },
		Grad: func(t *Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(Op{
				Name: fmt.Sprintf("DivergenceGrad(%d,%d)[%v]", rows, n, scale),
				In:   []Shape{s, {}},
				Out:  s,
				Run:  func(dx []float32, x [][]float32) { reduce.DivergenceGrad(dx, x[0], rows, n, scale*x[1][0]) },
			}, x[0], dy)}
		},
	}
}
