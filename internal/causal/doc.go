// Package causal has the kernels of a causal network over the pixels of images: the probability of
// each number of an image, given the numbers before it. So an image can be coded without loss.
//
// Package f32 defines the arithmetic. A number is a byte. The numbers of an image come in the order
// (height, width, channels): a channel sees the channels of its pixel that come before it, and all
// pixels above and to the left.
//
// # Two networks
//
// In images of writing and drawings, most numbers are 0. So a number is coded in two steps, each with
// a network of dense layers (LeakyReLU with slope 0.1 after all but the last):
//
//   - The ink network has one output z, from the features of the context. The number is above 0 with
//     probability (F(z)·65534 + 1)/65536, with F(z) = 1/(1 + exp(-z)).
//   - If it is above 0, the value network gives the probabilities of 1 to 255. Its inputs are the same
//     features and the palette. It has 257 outputs: a logit y[v] for each value, and two gates a and b.
//     With s[v] how often the value v was seen before in this channel of the image, value v has the
//     logit z[v] = y[v] + a·[s[v] > 0] + b·min(max(s[v]-1, 0), 2)/2, and the probability
//     (softmax(z)[v]·65281 + 1)/65536.
//
// The smallest probability is that of an entropy coder which counts in steps of 1/65536.
//
// # Features
//
// See layout. The values in the neighbourhood come twice: as numbers in [0, 1], and the nearest ones
// embedded, each by a trained row of a table, because neighbours of 252 and 253 differ more than these
// numbers. The palette is the mean of the rows of another table over all distinct values above 0 seen
// before in the channel: images that were made by scaling have few values, and these go together.
package causal
