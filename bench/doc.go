// Package bench measures the cost of a model as a Gorgonia expression graph.
//
// The benchmarks measure one training step of an autoencoder with LeakyReLU 0.3, mean squared error
// and Adam on images of the built-in handwriting. There are two networks: the tutorial's,
// 784-300-2-300-784, with batches of 32, 256 and 1,024, and a deep one with batches of 256. The
// step is made in four ways:
//
//   - graph: by train.Fit, with everything that a user's run does in a step;
//   - hand: by Backprop, with gradients derived by hand and the same kernels in the same order;
//   - products: only the matrix products of the step, which every way needs;
//   - stock: by Stock, a graph of Gorgonia's operations, with its solver and gonum's products.
//
// Convolutional autoencoders are not written by hand here. Their step on the graph is compared with
// two lower bounds instead: multiply-adds makes as many multiply-adds as the step, at the speed of
// a large matrix product, and memory reads and writes as many bytes as the step must.
//
// So graph to hand is the cost of the graph, graph to products is the cost of everything except the
// products, and graph to stock is the gain from our own ops and kernels. On a busy machine the
// times of different runs cannot be compared. BenchmarkRatio therefore runs two ways in turns, and
// reports the ratios of the fastest steps and of the medians: watch these numbers. A test shows
// that graph and hand give the same weights, bit for bit, so they do the same work. Other
// benchmarks measure an epoch, Predict and the matrix product.
//
//	go test -run '^$' -bench . ./bench
//
// The folders hold programs: command measures the command gorgonae, results trains the rows of
// RESULTS.md, and peers runs the same training in other libraries.
package bench
