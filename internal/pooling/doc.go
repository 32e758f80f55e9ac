// Package pooling holds the kernels that make images smaller or larger without weights: the
// maximum, sum and mean of windows, their gradients, and bilinear enlargement. The gradient of a
// sum over windows that lie side by side enlarges images by repeating pixels.
//
// Images are channels-last: the channels of a pixel lie side by side. Each channel is computed by
// itself.
//
// # Bits
//
// Package f32 defines the arithmetic. All kernels compute in float32. The doc comment of a kernel
// gives the order of its operations; every level of instructions and every number of threads gives
// the same bits.
package pooling
