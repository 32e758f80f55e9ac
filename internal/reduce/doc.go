// Package reduce holds the kernels that add up: over all elements of a slice, or over the rows of a
// matrix. The losses are such sums; their gradients stand beside them.
//
// # Bits
//
// Package f32 defines the arithmetic. The doc comment of a kernel is the formula that defines its
// result; every level of instructions and every number of threads gives the same bits.
//
//   - A sum over all elements is taken in float64 along the tree of f32.Lanes.
//   - A loss returns scale times such a sum. The product is taken in float64 and rounded to float32
//     once.
//   - Divergence adds its terms in order. It is the only exception.
//   - The sums of the columns are taken in float32, each over the rows in order.
package reduce
