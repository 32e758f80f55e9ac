// Package graph is the language in which models are written. A model is a directed graph of calls of layers; what a
// layer does is written as plain Gorgonia nodes, so that any Gorgonia operation can be mixed in.
//
//	x := graph.Input("encoder_input", 784)
//	h := graph.Dense("encoder_dense_1", x, 300)
//	h = graph.LeakyReLU("encoder_leakyrelu_1", h, 0.3)
//	encoder := graph.New("encoder_model", x, graph.Dense("encoder_dense_2", h, 2))
//
// A model is itself a layer: encoder.Apply(y) calls it on a node of another model, with the same weights. Building
// chains calls without errors; the first error is kept and reported by the methods of the model that New returns.
//
// A layer of one's own is a type that implements Layer, called through Call. See Layer, and examples/multiply for one with
// an operation of its own.
package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// Layer is one kind of layer with its configuration. It is a value without state: weights belong to the node that a
// call makes. Its exported fields are written to model files as JSON, and Register makes them readable again.
type Layer interface {
	// Kind names the layer's type in summaries and files: "Dense".
	Kind() string

	// Shape is the output's shape for inputs of these shapes, or an error that says which inputs the layer takes.
	Shape(in ...Shape) (Shape, error)

	// Weights describes the weights that a call on inputs of these shapes needs; nil for none.
	Weights(in ...Shape) []Spec

	// Build writes the layer into an expression graph. Inputs and output are nodes of shape NodeShape(b.Rows, shape):
	// the batch axis in front, and of images the channels behind, (rows, height, width, channels).
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

	init Initializer
}

// Set gives the weight values, as an importer does. It copies them.
func (w *Weight) Set(values []float32) error {
	if len(values) != w.Shape.Size() {
		return errors.Errorf("weight %q: want %d values for shape %v, got %d", w.Name, w.Shape.Size(), w.Shape, len(values))
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
