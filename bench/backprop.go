package bench

import (
	"math"
	"slices"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/gemm"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// The tutorial's settings.
const (
	slope   = 0.3  // of every LeakyReLU
	rate    = 5e-4 // Adam's learning rate
	beta1   = 0.9
	beta2   = 0.999
	epsilon = 1e-7
)

// Backprop trains an autoencoder of dense layers, each followed by a LeakyReLU, without a graph.
// The gradients are derived by hand, and all buffers are allocated at the start.
type Backprop struct {
	rows           int
	layers         []layer
	batch          [][]byte
	x              []float32 // (rows, in of the first layer), the batch; also the target
	power1, power2 float64   // beta1 and beta2 to the power of the number of steps
}

// layer is y = LeakyReLU(z) with z = x·kernel + bias, and the gradients of the loss. It does not
// keep z.
type layer struct {
	in, units    int
	kernel, bias param
	y, dy, dz    []float32 // (rows, units)
}

// param is a weight with its gradient and Adam's two moments.
type param struct{ w, dw, m, v []float32 }

func newParam(w []float32) param {
	n := len(w)
	return param{slices.Clone(w), make([]float32, n), make([]float32, n), make([]float32, n)}
}

// NewBackprop returns an autoencoder for batches of a number of rows. weights holds for each layer
// its kernel (in, units), row-major, and its bias (units). NewBackprop copies them.
func NewBackprop(rows int, weights [][]float32) *Backprop {
	n := &Backprop{rows: rows, batch: make([][]byte, rows), power1: 1, power2: 1}
	for i := 0; i < len(weights); i += 2 {
		kernel, bias := weights[i], weights[i+1]
		size := rows * len(bias)
		n.layers = append(n.layers, layer{
			in: len(kernel) / len(bias), units: len(bias),
			kernel: newParam(kernel), bias: newParam(bias),
			y: make([]float32, size), dy: make([]float32, size), dz: make([]float32, size),
		})
	}
	n.x = make([]float32, rows*n.layers[0].in)
	return n
}

// Weights returns the present weights, in the order of NewBackprop.
func (n *Backprop) Weights() [][]float32 {
	var weights [][]float32
	for _, l := range n.layers {
		weights = append(weights, l.kernel.w, l.bias.w)
	}
	return weights
}

// Step trains on the images with these indices. There must be as many indices as the batch has
// rows. It returns the mean squared error before the step.
func (n *Backprop) Step(set *images.Set, batch []int32) float32 {
	for r, i := range batch {
		n.batch[r] = set.Image(int(i))
	}
	elementwise.FromByteRows(n.x, n.batch)
	n.forward()
	last := n.layers[len(n.layers)-1]
	loss := reduce.SquaredErrorBoth(last.dy, last.y, n.x, 1/float32(len(n.x)))
	n.backward()
	n.update()
	return loss
}

func (n *Backprop) forward() {
	x := n.x
	for _, l := range n.layers {
		gemm.MulEpilogue(false, false, n.rows, l.units, l.in, x, l.in, l.kernel.w, l.units, l.y, l.units,
			epilogue.Epilogue{Bias: l.bias.w, Rectifier: epilogue.Leaky, Slope: slope})
		x = l.y
	}
}

// backward goes from the last layer to the first: dz = dy·LeakyReLU'(z), dbias = Σ dz over the
// rows, dkernel = xᵀ·dz, and dx = dz·kernelᵀ, which is the dy of the previous layer.
func (n *Backprop) backward() {
	for i := len(n.layers) - 1; i >= 0; i-- {
		l := n.layers[i]
		reduce.LeakyReLUGradSums(l.dz, l.bias.dw, l.dy, l.y, n.rows, l.units, slope)
		x := n.x
		if i > 0 {
			before := n.layers[i-1]
			x = before.y
			gemm.Mul(false, true, n.rows, l.in, l.units, l.dz, l.units, l.kernel.w, l.units, false, before.dy, l.in)
		}
		gemm.Mul(true, false, l.in, l.units, n.rows, x, l.in, l.dz, l.units, false, l.kernel.dw, l.units)
	}
}

func (n *Backprop) update() {
	n.power1 *= float64(float32(beta1))
	n.power2 *= float64(float32(beta2))
	correct2 := float32(math.Sqrt(float64(1 - float32(n.power2))))
	alpha := rate * correct2 / (1 - float32(n.power1))
	for _, l := range n.layers {
		for _, p := range []param{l.kernel, l.bias} {
			elementwise.Adam(p.w, p.dw, p.m, p.v, alpha, 1-beta1, 1-beta2, epsilon)
		}
	}
}

// Products computes only the matrix products of a step, from the values that the previous step left
// in the buffers. It writes the products of the forward pass over gradients, so that the operands
// of the backward pass do not change.
func (n *Backprop) Products() {
	x := n.x
	for i, l := range n.layers {
		gemm.Mul(false, false, n.rows, l.units, l.in, x, l.in, l.kernel.w, l.units, false, l.dy, l.units)
		gemm.Mul(true, false, l.in, l.units, n.rows, x, l.in, l.dz, l.units, false, l.kernel.dw, l.units)
		if i > 0 {
			gemm.Mul(false, true, n.rows, l.in, l.units, l.dz, l.units, l.kernel.w, l.units, false, n.layers[i-1].dy, l.in)
		}
		x = l.y
	}
}
