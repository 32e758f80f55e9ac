// Package bench measures what a training step costs, and what of that is the price of writing the model as a Gorgonia
// expression graph. README.md says how to read it and what came out.
//
// A step is made in four ways:
//
//   - graph: by train.Fit, with everything that a user's run does in a step;
//   - hand: by Backprop, whose gradients are derived by hand, which calls the same kernels in the same order;
//   - products: the matrix products of the step alone, which no other way of writing it can spare;
//   - stock: by Stock, a graph of Gorgonia's own ops with its own Adam on gonum's BLAS.
//
// So graph against hand is the price of the graph, hand against products that of everything but the products, and graph
// against stock what our ops and kernels gain. A test shows that graph and hand end in the same weights, bit for bit, so
// that they are in truth the same work, and another that stock begins alike.
//
// The folder peers holds the same training in other libraries, command measures the gorgonae command from outside, and
// seeds how well the tutorial learns from its own initial weights.
package bench
