package op

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/rate"
)

// The ops of this file quantise codes of n latents. Package rate has their formulas.

// Quantize rounds each latent to a multiple of its step from its offset: a symbol q. Inputs: the
// latents (rows, n), the logarithms of the steps (n), the offsets (n). Outputs: q·step + offset,
// which the decoder sees, and the symbols, both (rows, n).
//
// With noise, the second output is (latent - offset)/step plus a uniform number in [-1/2, 1/2),
// drawn for each element. The gradients take rounding for the identity (the straight-through
// gradient). So the distortion sees the rounded value and the rate a smooth one (Minnen and Singh,
// "Channel-wise autoregressive entropy models for learned image compression", 2020). Without noise,
// which is nil, gradients take the symbols for constants.
func Quantize(rows, n int, noise *Noise) Op {
	s, one := Shape{rows, n}, Shape{n}
	step := make([]float32, n)
	o := Op{
		Name:     fmt.Sprintf("Quantize(%d,%d)", rows, n),
		In:       []Shape{s, one, one},
		Out:      s,
		More:     []Shape{s},
		Optional: []int{1},
		RunAll: func(y, x [][]float32) {
			rate.Steps(step, x[1])
			q := rate.Quantizer{Step: step, Offset: x[2]}
			if noise != nil && y[1] != nil {
				q.QuantizeNoisy(y[0], y[1], x[0], rows, noise.stream(n))
			} else {
				q.Quantize(y[0], y[1], x[0], rows)
			}
		},
		GradAll: func(t *Tape, x, _, dy []*G.Node) []*G.Node {
			in := append([]*G.Node{}, x...)
			for _, d := range dy {
				if d != nil {
					in = append(in, d)
				}
			}
			d := t.DoAll(quantizeGrad(rows, n, dy[0] != nil, dy[1] != nil), in...)
			return []*G.Node{d[0], t.Do(ColumnSums(rows, n), d[1]), t.Do(ColumnSums(rows, n), d[2])}
		},
	}
	if noise == nil {
		o.Constant = []int{1}
	} else {
		o.Name += fmt.Sprintf("[%#x]", noise.Key)
		o.Noisy = true
	}
	return o
}

// quantizeGrad is the gradient of Quantize. Inputs: those of Quantize, and the gradients of the
// outputs that have one. Outputs, all (rows, n): the gradient of the latents, and the parts of each
// element in the gradients of the steps' logarithms and of the offsets.
func quantizeGrad(rows, n int, first, second bool) Op {
	s, one := Shape{rows, n}, Shape{n}
	in := []Shape{s, one, one}
	for _, present := range []bool{first, second} {
		if present {
			in = append(in, s)
		}
	}
	step := make([]float32, n)
	return Op{
		Name: fmt.Sprintf("QuantizeGrad(%d,%d)[%v,%v]", rows, n, first, second),
		In:   in,
		Out:  s,
		More: []Shape{s, s},
		RunAll: func(d, x [][]float32) {
			var dy, dv []float32
			if first {
				dy = x[3]
			}
			if second {
				dv = x[len(x)-1]
			}
			rate.Steps(step, x[1])
			rate.Quantizer{Step: step, Offset: x[2]}.Gradient(d[0], d[1], d[2], x[0], dy, dv, rows)
		},
	}
}

// LogisticBits is scale times the bits that symbols cost, if each has a logistic distribution of
// its own. Inputs: the symbols (rows, n); the n means and then the logarithms of the n scales of
// each row (rows, 2n). Outputs: the bits, a scalar; and their gradients for the inputs, as a loss
// has them. scale must be above 0.
func LogisticBits(rows, n int, scale float32) Op {
	v, p := Shape{rows, n}, Shape{rows, 2 * n}
	sums := make([]float64, rows)
	return bits(Op{
		Name: fmt.Sprintf("LogisticBits(%d,%d)[%v]", rows, n, scale),
		In:   []Shape{v, p},
		More: []Shape{v, p},
		RunAll: func(y, x [][]float32) {
			y[0][0] = rate.Logistic(x[0], x[1], y[1], y[2], rows, n, scale, sums)
		},
	})
}

// MixtureBits is scale times the bits that symbols cost, if all symbols of a latent have one
// distribution: a mixture of k logistic distributions. Inputs: the symbols (rows, n); the logits of
// the weights, the means, and the logarithms of the scales of each mixture, all (n, k). Outputs: the
// bits, a scalar; and their gradients for the inputs. scale must be above 0.
func MixtureBits(rows, n, k int, scale float32) Op {
	v, p := Shape{rows, n}, Shape{n, k}
	sums, unread := make([]float64, n), make([]float32, n*k)
	return bits(Op{
		Name: fmt.Sprintf("MixtureBits(%d,%d,%d)[%v]", rows, n, k, scale),
		In:   []Shape{v, p, p, p},
		More: []Shape{v, p, p, p},
		RunAll: func(y, x [][]float32) {
			d := rate.Mixture{Logit: y[2], Mean: y[3], LogScale: y[4]}
			if y[2] != nil || y[3] != nil || y[4] != nil { // the kernel computes all three or none
				for _, s := range []*[]float32{&d.Logit, &d.Mean, &d.LogScale} {
					if *s == nil {
						*s = unread
					}
				}
			}
			m := rate.Mixture{Logit: x[1], Mean: x[2], LogScale: x[3]}
			y[0][0] = m.Bits(x[0], y[1], d, rows, n, scale, sums)
		},
	})
}

// bits completes an op whose first output is a scalar, and whose other outputs are its gradients
// for the inputs, in their order.
func bits(o Op) Op {
	o.Out = Shape{}
	for i := range o.In {
		o.Constant = append(o.Constant, 1+i)
	}
	o.Optional = o.Constant
	o.GradAll = func(t *Tape, _, y, dy []*G.Node) []*G.Node {
		d := y[1:]
		if !isOne(dy[0]) {
			for i, s := range o.In {
				d[i] = t.Do(scaleBy(s), d[i], dy[0])
			}
		}
		return d
	}
	return o
}

// Mask sets the numbers of a kernel to zero that a masked dense layer must not use: column j keeps
// its first count[j] numbers. Input: kernel (in, units). Output: the same.
func Mask(in int, count []int) Op {
	s := Shape{in, len(count)}
	o := like("Mask", 1, s)
	o.Run = func(y []float32, x [][]float32) {
		for l := range in {
			from, to := x[0][l*len(count):][:len(count)], y[l*len(count):][:len(count)]
			for j, k := range count {
				bits := uint32(0) // chosen without a branch
				if b := math.Float32bits(from[j]); l < k {
					bits = b
				}
				to[j] = math.Float32frombits(bits)
			}
		}
	}
	o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
		return []*G.Node{t.Do(Mask(in, count), dy)} // it is linear
	}
	return o
}
