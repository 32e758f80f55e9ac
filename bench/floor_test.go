package bench

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/elementwise"
)

// floor is what no way of writing a training step can spare, if each layer is computed after the
// other.
type floor struct {
	flops float64 // of convolutions and dense layers, forward and for both gradients, those on the padding counted
	bytes float64 // written and read again once: the output of each layer and its gradient, and all that Adam keeps
}

// floor of a step: that of each layer, but for the gradient of the images, which nobody wants. An
// activation, which keeps the size of its input and has no weights, costs no memory, as it can be
// done in place; nor does a reshape.
func (w workload) floor(m *graph.Model) (f floor) {
	const float, adam = 4, 28 // bytes; Adam reads four numbers for a weight and writes three
	f.bytes = 2 * float * float64(w.rows*m.In().Size())
	first := true
	for _, part := range m.Models()[:len(m.Models())-1] {
		for i, n := range part.Nodes()[1:] {
			in, out := part.Nodes()[i].Shape(), n.Shape()
			weights := n.Layer().Weights(in)
			if len(weights) > 0 || in.Size() != out.Size() {
				f.bytes += 4 * float * float64(w.rows*out.Size())
			}
			for _, s := range weights {
				if !s.Kept {
					f.bytes += adam * float64(s.Shape.Size())
				}
				if s.Name != "kernel" {
					continue
				}
				places := out // where the kernel is laid
				if n.Layer().Kind() == "ConvTranspose2D" {
					places = in
				}
				products := 3.0
				if first {
					products, first = 2, false
				}
				f.flops += products * 2 * float64(w.rows*s.Shape.Size()*places.Size()/places[0])
			}
		}
	}
	return f
}

// multiplyAdds does as many multiply-adds as a step needs, as one matrix product of a shape at
// which ours reaches some nine tenths of the processor's peak.
func (w workload) multiplyAdds(tb testing.TB) func() {
	const n, k = 784, 300
	m := w.floor(w.trainer(tb).Model()).flops / (2 * n * k)
	product, _ := shape{m: int(m), n: n, k: k}.ways()
	return product
}

// memory reads and writes as many bytes as a step has to, from one end of the memory to the other.
func (w workload) memory(tb testing.TB) func() {
	n := int(w.floor(w.trainer(tb).Model()).bytes / 8)
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = 1 // memory that was never written is no memory yet
	}
	return func() { elementwise.Scale(y, x, 2) }
}
