package elementwise

import "github.com/gorgonae/gorgonae/internal/pool"

// A kernel checks its arguments, and the pool shares out ranges of elements. A function of the
// operands and a range then does the work: by the assembly of asm/elementwise, if it has code for
// the processor, else by the loop that is the kernel's definition.

// elements are the operands of most kernels: y from a, or from a and b, with a parameter p. The
// assembly reads them where TestOperandsLayout says.
type elements struct {
	y, a, b []float32
	p       float32
}

var overElements pool.Range[elements]

// each runs f on all elements.
func each(x elements, f func(x elements, lo, hi int)) {
	overElements.Run(len(x.y), pool.Grain, x, f)
}
