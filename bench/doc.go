// Package bench measures what it costs to write a model as a Gorgonia expression graph.
//
// The work measured is one training step of an autoencoder with LeakyReLU 0.3, mean squared error
// and Adam on images of the built-in handwriting: the tutorial's, 784-300-2-300-784, with batches
// of 32, 256 and 1,024, and a deep one with batches of 256. It is done in four ways:
//
//   - graph: by train.Fit, with everything that a user's run does in a step;
//   - hand: by Backprop, whose gradients are derived by hand, which calls the same kernels in the same order;
//   - products: the matrix products of the step alone, which no other way of writing it can spare;
//   - stock: by Stock, a graph of Gorgonia's own operations, with its own solver and gonum's products.
//
// For autoencoders of convolutions, which nothing here does by hand, the step on the graph is
// compared with two floors instead: multiply-adds, as many as the step needs at the speed of a
// large matrix product, and memory, which reads and writes as many bytes as the step has to.
//
// So graph against hand is the price of the graph, graph against products that of everything but
// the products, and graph against stock what ops and kernels of our own gain. Times of different
// runs on a busy machine do not compare. BenchmarkRatio therefore takes turns, and reports the
// ratios of the fastest steps and of the medians: these are the numbers to watch. A test shows that
// graph and hand give the same weights, bit for bit, so that they are in truth the same work. Other
// benchmarks measure an epoch, Predict and the matrix product.
//
//	go test -run '^$' -bench . ./bench
//
// The folder seeds holds a program that measures how well the tutorial learns from its own initial
// weights, the folder peers the same training in other libraries.
package bench
