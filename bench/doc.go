// Package bench measures what it costs to write a model as a Gorgonia expression graph.
//
// The work measured is one training step of the tutorial's autoencoder, 784-300-2-300-784 with LeakyReLU 0.3, mean
// squared error and Adam, on a batch of 256 images of the built-in handwriting. It is done three times:
//
//   - Step/graph: by train.Fit, with everything that a user's run does in a step;
//   - Step/hand: by Backprop, whose gradients are derived by hand, which calls the same kernels in the same order;
//   - Step/products: the matrix products of the step alone, which no other way of writing it can spare.
//
// So graph against hand is the price of the graph, and hand against products that of everything but the products.
// Times of different runs on a busy machine do not compare. Step/ratio therefore takes turns, a step of each after the
// other, and reports the medians of both ratios: these are the numbers to watch. The test in this package shows that
// graph and hand give the same weights, bit for bit, so that they are in truth the same work.
//
//	go test -run '^$' -bench . ./bench
//
// The folder seeds holds a program that measures how well the tutorial learns from its own initial weights.
package bench
