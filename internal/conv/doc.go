// Package conv computes two-dimensional convolutions, transposed convolutions and their gradients,
// without writing out the patches of an image (im2col).
//
// # Bits
//
// Package f32 defines the arithmetic. The comments of Forward, Transpose and Gradients give the
// order in which each element adds up its terms, with one fused multiply-add a term. Strips, tiles,
// parts and the number of threads do not show in the result. Two choices do, and are part of the
// definition:
//
//   - An image with fewer than 4 channels would leave most of a vector empty. Its sums are taken in
//     sixteen lanes.
//   - Sums over a batch are taken sample by sample, and then along a binary tree of the samples.
//
// Padding takes part in the sums as +0. This shows in the bits where the kernel has NaN or Inf.
//
// # Glossary
//
//   - Image, sample, pixel, channel: a batch has samples, a sample is one image, and images are
//     channels-last: the channels of a pixel lie side by side.
//   - Source and destination: a convolution reads a source and writes a destination. Forward reads
//     x and writes y. Transpose reads y and writes x.
//   - Gather: the way in which both are computed. Each element of the destination collects the
//     numbers of the source that it depends on, so no two elements of the destination are written
//     at once.
//   - Axis: height or width.
//   - Phase: elements of an axis of the destination that are computed in the same way: first,
//     first+step, first+2*step, and so on. Forward has one phase. Transpose has one for each
//     remainder by the stride, because the remainder decides which rows or columns of the kernel
//     meet an element.
//   - Tap: one row or column of the kernel that takes part in a phase, with the place in the source
//     where the phase reads for it.
//   - Pass: one phase of the height with one phase of the width.
//   - Segment: a stretch of a sum whose numbers lie side by side in the padded source: the channels
//     of one pixel, or of all the pixels of a row of taps that read side by side.
//   - Padded image: a sample, or some rows of it, with zeros around it.
//   - Strip: the rows of the destination that are computed from one padded part of the source. A
//     strip is small enough for the first cache.
//   - Panel: some channels of the destination, whose part of the packed kernel lies side by side and
//     fits in the first cache.
//   - Tile: a part of the destination that fits in the registers; see package gemm.
//   - Lane: an element of a vector. Sixteen lanes hold one sum for a destination of few channels.
package conv
