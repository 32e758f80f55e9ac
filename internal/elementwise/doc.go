// Package elementwise holds the kernels that compute each element from the elements at its place:
// the activations and their gradients, sums and products with a number, random noise and dropout,
// and the updates of the optimizers.
//
// # Bits
//
// Package f32 defines the arithmetic. The doc comment of a kernel is the loop that defines its
// result; every level of instructions and every number of threads gives the same bits.
//
//   - The gradients of the activations, except those of SiLU, GELU and Softplus, are a few float32
//     operations, as written.
//   - Sample computes in float64 with f32.Exp and rounds once.
//   - The other activations are fixed sequences of float32 operations, most of them fused
//     multiply-adds (files exp.go and gelu.go). Their comments say how close to the exact function
//     they are, in units in the last place.
//   - A random kernel draws from package random. The draw depends on its key, the step and the
//     place of the element alone.
package elementwise
