// Package norm holds the kernels that normalise: batch normalisation over the channels of images,
// layer normalisation and softmax over rows.
//
// # Bits
//
// Package f32 defines the arithmetic. The doc comment of a kernel is the formula that defines its
// result; every level of instructions and every number of threads gives the same bits.
//
//   - Batch normalisation computes in float32. A sum over samples and pixels starts, for each
//     sample, from 0 and adds its pixels in order. Then the sums of the samples are added along the
//     tree of addTree.
//   - Layer normalisation and softmax compute a row in float64. Element i of a row is added to lane
//     i mod 16 of f32.Lanes: the row is one block, however long it is.
package norm
