// Package graph describes models. A model is a directed graph of layers, and each layer writes its
// computation as nodes of a Gorgonia expression graph, so any Gorgonia operation can be part of it.
//
//	x := graph.Input("encoder_input", 784)
//	h := graph.Dense("encoder_dense_1", x, 300)
//	h = graph.LeakyReLU("encoder_leakyrelu_1", h, 0.3)
//	encoder := graph.New("encoder_model", x, graph.Dense("encoder_dense_2", h, 2))
//
// Every constructor takes the layer's name, then its inputs, then its settings. Calls of
// constructors return no errors: the methods of the model that New returns report the first one. A
// model is a layer too: encoder.Apply(y) calls it on a node of another model, with the same
// weights.
//
// Shapes have no batch axis. An image is (channels, height, width), and its numbers lie in memory
// pixel by pixel, (height, width, channels); see NodeShape.
//
// A new layer is a type that implements Layer. Call calls it, and Register lets files with it be
// read. examples/multiply has a layer with an operation of its own.
package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// Layer is a kind of layer with its configuration. It has no state: its weights belong to the node
// that a call makes. Model files hold its exported fields as JSON, and Register lets them be read.
type Layer interface {
	// Kind names the layer's type in summaries and files: "Dense".
	Kind() string

	// Shape returns the output's shape for inputs of these shapes, or an error that says which
	// inputs the layer takes.
	Shape(in ...Shape) (Shape, error)

	// Weights describes the weights of a call on inputs of these shapes; nil for none.
	Weights(in ...Shape) []Spec

	// Build writes the layer into an expression graph. Inputs and output are nodes of shape
	// NodeShape(b.Rows, shape): the batch axis is first, and the channels of images are last.
	Build(b *Builder, in ...*G.Node) *G.Node
}

// Spec describes one weight of a layer.
type Spec struct {
	Name  string // "kernel", "bias": unique in its layer
	Shape Shape
	Init  Initializer
	Kept  bool // changed by Builder.Update instead of being trained
}

// Weight is one weight of a model. All models and graphs that use it share one copy.
type Weight struct {
	Name  string // model/layer/weight, the model without a trailing "_model": "encoder/encoder_dense_1/kernel"
	Local string // its name in the layer: "kernel"
	Shape Shape
	Data  []float32 // row-major; nil before Init, Set or a file has given it values
	Kept  bool      // not trained

	init  Initializer
	guard *guard // of the model that it was made for
}

// Set gives the weight values, as an importer does. It copies them.
func (w *Weight) Set(values []float32) error {
	if len(values) != w.Shape.Size() {
		return errors.Errorf("weight %q: want %d values for shape %v, got %d", w.Name, w.Shape.Size(), w.Shape, len(values))
	}
	if w.guard != nil {
		w.guard.Lock()
		defer w.guard.Unlock()
	}
	w.alloc()
	copy(w.Data, values)
	return nil
}

// alloc gives a weight its memory, once: graphs keep it.
func (w *Weight) alloc() {
	if w.Data == nil {
		w.Data = make([]float32, w.Shape.Size())
	}
}
