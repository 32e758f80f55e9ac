package causal

import (
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/gemm"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// Slope is that of the LeakyReLU after hidden layers.
const Slope = 0.1

// weights are the weights of a Net, or their gradients.
type weights struct {
	embedding, palette []float32
	ink, value         []dense
}

// dense has the weights of a dense layer.
type dense struct {
	in, units    int
	kernel, bias []float32 // (in, units), (units)
}

// weights takes the weights in the order of Shapes. It panics if a length is wrong.
func (n Net) weights(all [][]float32) weights {
	shapes := n.Shapes()
	if len(all) != len(shapes) {
		panic("causal: not as many weights as the network has")
	}
	for i, s := range shapes {
		if len(s) == 2 && len(all[i]) != s[0]*s[1] || len(s) == 1 && len(all[i]) != s[0] {
			panic("causal: a weight of another size than its shape")
		}
	}
	w := weights{embedding: all[0], palette: all[1]}
	for i := 2; i < len(shapes); i += 2 {
		d := dense{shapes[i][0], shapes[i][1], all[i], all[i+1]}
		if len(w.ink) <= len(n.Ink) {
			w.ink = append(w.ink, d)
		} else {
			w.value = append(w.value, d)
		}
	}
	return w
}

// layers has the memory of dense layers for some rows.
type layers struct {
	y, d [][]float32 // outputs, and their gradients
}

// forward applies layers to rows of inputs. It returns the outputs of the last layer.
func (m *layers) forward(all []dense, x []float32, rows int) []float32 {
	for len(m.y) < len(all) {
		m.y, m.d = append(m.y, nil), append(m.d, nil)
	}
	for i, l := range all {
		m.y[i] = grow(m.y[i], rows*l.units)
		after := epilogue.Epilogue{Bias: l.bias}
		if i < len(all)-1 {
			after.Rectifier, after.Slope = epilogue.Leaky, Slope
		}
		gemm.MulEpilogue(false, false, rows, l.units, l.in, x, l.in, l.kernel, l.units, m.y[i], l.units, after)
		x = m.y[i]
	}
	return x
}

// backward writes the gradients of all weights to g, from those of the last layer's outputs, which
// are in m.d. It writes the gradients of the inputs from the first on into dx.
func (m *layers) backward(all, g []dense, x []float32, rows, first int, dx []float32) {
	for i := len(all) - 1; i >= 0; i-- {
		l, d, in := all[i], m.d[i], x
		if i > 0 {
			in = m.y[i-1]
		}
		if i == len(all)-1 {
			reduce.ColumnSums(g[i].bias, rows, l.units, d)
		} else {
			reduce.LeakyReLUGradSums(d, g[i].bias, d, m.y[i], rows, l.units, Slope)
		}
		gemm.Mul(true, false, l.in, l.units, rows, in, l.in, d, l.units, false, g[i].kernel, l.units)
		if i > 0 {
			m.d[i-1] = grow(m.d[i-1], rows*l.in)
			gemm.Mul(false, true, rows, l.in, l.units, d, l.units, l.kernel, l.units, false, m.d[i-1], l.in)
		} else if first < l.in {
			gemm.Mul(false, true, rows, l.in-first, l.units, d, l.units, l.kernel[first*l.units:], l.units, false, dx, l.in-first)
		}
	}
}

// grow returns a slice of n elements, with x's memory if that is enough. The elements may be
// anything.
func grow[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n+n/4)[:n]
	}
	return x[:n]
}

// extend is grow that keeps the elements of x.
func extend[T any](x []T, n int) []T {
	if cap(x) < n {
		y := make([]T, n, 2*n)
		copy(y, x)
		return y
	}
	return x[:n]
}
