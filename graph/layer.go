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
	"fmt"
	"strings"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Shape is the extent of each axis. In this package it is that of one example, without the batch axis: (784) is a
// vector of features, (1, 28, 28) an image as channels, height, width.
type Shape = op.Shape

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

// Weight is one weight of a model. There is one copy of it, whatever the number of models and graphs that use it.
type Weight struct {
	Name  string // model/layer/weight, the model without a trailing "_model": "encoder/encoder_dense_1/kernel"
	Shape Shape
	Data  []float32 // row-major; nil before Init or a file has given it values
	Kept  bool      // not trained

	local string // its name in the layer
	init  Initializer
}

// maxSize bounds the elements of one example or weight, so that sizes read from a file cannot overflow.
const maxSize = 1 << 30

// checkShape refuses shapes without an axis, with an empty one, or too large.
func checkShape(s Shape) error {
	if len(s) == 0 {
		return errors.New("a shape without an axis, want at least one")
	}
	size := 1
	for _, d := range s {
		if d <= 0 {
			return errors.Errorf("shape %v, want every axis positive", s)
		}
		if d > maxSize/size {
			return errors.Errorf("shape %v, want at most %d elements", s, maxSize)
		}
		size *= d
	}
	return nil
}

// single is what a layer's Shape begins with that takes one input with a given number of axes; 0 is any number.
func single(in []Shape, axes int) (Shape, error) {
	if len(in) != 1 {
		return nil, errors.Errorf("takes 1 input, got %d", len(in))
	}
	if axes != 0 && len(in[0]) != axes {
		return nil, errors.Errorf("takes an input of %d axes, got shape %v", axes, in[0])
	}
	return in[0], nil
}

// printShape writes a shape as Keras does, the batch axis as None.
func printShape(s Shape) string {
	var b strings.Builder
	b.WriteString("(None")
	for _, d := range s {
		fmt.Fprintf(&b, ", %d", d)
	}
	return b.String() + ")"
}
