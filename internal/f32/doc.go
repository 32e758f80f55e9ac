// Package f32 holds the numeric loops of gorgonae: matrix products, activations, losses and the optimizer's update, on
// plain slices of float32. The ops of a graph and the trainer call it, and it knows nothing of either.
//
// # The same bits everywhere
//
// A result is defined bit for bit, on every processor and with any number of threads, so that a training run ends in
// the same weights on any machine and a decoder computes the very numbers that the encoder did. The loop in the doc
// comment of a kernel is its definition, under these rules:
//
//   - An expression of float32 is rounded to float32 after every operation. No product is fused with a sum but by
//     fma32: where Go might fuse, the code says float32(x*y) + z.
//   - What is written in float64 is rounded to float64 after every operation and to float32 once, at the end.
//   - exp, log1p, tanh and the others in lower case are those of math32.go and, where the comment says float64, of
//     math.go: fixed sequences of sums, products and quotients. Those of package math differ between processors and are
//     not used.
//   - Unless a comment says otherwise, a sum over rows runs over the rows in order, and a sum over all elements follows
//     the fixed tree of sum.go.
//   - A sum over a batch is, for each sample, a sum over its pixels in order, unless a comment says otherwise, and then
//     that of the samples along the fixed tree of addTree.
//   - A NaN equals any NaN: its sign and payload are not defined, and no result depends on them. An activation counts x
//     as negative when its sign bit is set and it is not NaN, so -0 is negative.
//
// # Contracts
//
// A kernel overwrites its first argument, which must not overlap the others unless the comment says in place. Lengths
// are checked before the first write; a wrong one is a mistake of the program and panics with a constant string.
// Nothing allocates, but for the buffers that Gemm and convolvers keep for their next call, and kernels may run at once on
// slices that do not overlap; a convolver is for one goroutine at a time.
package f32

const (
	badLength = "f32: slices differ in length"
	badMatrix = "f32: the slice does not hold rows*n elements"
)

func same(x, y []float32) {
	if len(x) != len(y) {
		panic(badLength)
	}
}

func same3(x, y, z []float32) {
	if len(x) != len(y) || len(x) != len(z) {
		panic(badLength)
	}
}

// matrix checks that x holds rows*n elements, without computing a product that could overflow.
func matrix(x []float32, rows, n int) {
	if rows < 0 || n < 0 {
		panic(badMatrix)
	}
	if n == 0 && len(x) != 0 || n > 0 && (len(x)/n != rows || len(x)%n != 0) {
		panic(badMatrix)
	}
}
