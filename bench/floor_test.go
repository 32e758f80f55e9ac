package bench

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/elementwise"
)

// floor is the work that every training step must do if it computes one layer after another.
type floor struct {
	flops float64 // of convolutions and dense layers, forward and for both gradients, including those on padding
	bytes float64 // written and read once: the output of each layer and its gradient, and the state of Adam
}

// floor returns the floor of a step. It sums over the layers, without the gradient of the images,
// which is not needed. Activations and reshapes can be computed in place, so they cost no memory.
// They are the layers that keep the size of their input and have no weights.
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
				places := out // the places where the kernel is applied
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

// multiplyAdds makes as many multiply-adds as a step needs, in one matrix product. For the shape of
// this product, our kernel reaches about nine tenths of the processor's peak.
func (w workload) multiplyAdds(tb testing.TB) func() {
	const n, k = 784, 300
	m := w.floor(w.trainer(tb).Model()).flops / (2 * n * k)
	product, _ := shape{m: int(m), n: n, k: k}.ways()
	return product
}

// memory reads and writes as many bytes as a step must, in the order of addresses.
func (w workload) memory(tb testing.TB) func() {
	n := int(w.floor(w.trainer(tb).Model()).bytes / 8)
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = 1 // the system provides memory only when it is first written
	}
	return func() { elementwise.Scale(y, x, 2) }
}
