// Package f32 defines the float32 arithmetic of gorgonae, and holds the parts that all kernels
// share: the fused multiply-add, exp and log1p, the order of long sums, and the checks of
// arguments.
//
// A kernel is a numeric loop on plain slices of float32. The kernels stand in packages above this
// one: elementwise, reduce, norm, pooling, gemm and conv. They know nothing of graphs or of
// training.
//
// # The same bits everywhere
//
// Every result is defined bit for bit. It does not depend on the processor or on the number of
// threads, so a training run ends with the same weights on every machine, and a decoder computes
// exactly the numbers of the encoder. The loop in the doc comment of a kernel is its definition.
// These rules hold for all of them:
//
//   - An expression of float32 is rounded to float32 after each operation. Only FMA fuses a product
//     with a sum. Where Go might fuse them, the code says float32(x*y) + z.
//   - An expression of float64 is rounded to float64 after each operation, and once to float32 at
//     the end.
//   - Exp, Log1p and the other functions in this package and in package elementwise are fixed
//     sequences of sums, products and quotients. The functions of package math are not used,
//     because their results differ between processors; math.Sqrt, math.Abs and math.Copysign are,
//     because IEEE 754 defines their results.
//   - A sum over rows adds them in order, unless a comment says otherwise. A sum over all elements
//     of a slice follows the fixed tree of Lanes.
//   - A sum over a batch first adds the pixels of each sample in order, unless a comment says
//     otherwise. Then it adds the samples along a fixed binary tree: the sum of n samples is the
//     sum of the first n/2, rounded down, plus the sum of the others.
//   - A NaN equals any other NaN: its sign and its payload are not defined, and no result depends
//     on them. An activation takes x as negative when its sign bit is set and it is not NaN, so -0
//     is negative.
//
// # Contracts
//
// A kernel overwrites its first argument, which must not overlap the others unless the comment says
// "in place". Kernels check the lengths of their arguments before they write. A wrong length is a
// programmer's mistake: the kernel panics with a constant string.
//
// Kernels allocate nothing, except for the buffers that products and convolutions keep for their
// next call. Several goroutines may call kernels at once on slices that do not overlap. A convolver
// serves one goroutine at a time.
package f32
