package graph

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// Node is one call of a layer: its place in a model and the owner of its weights. Calling the same layer twice makes
// two nodes with weights of their own; to share weights, make a model and Apply it twice.
type Node struct {
	layer   Layer
	name    string
	auto    bool // the name may change: New makes it unique
	inputs  []*Node
	shape   Shape
	weights []*Weight
	owner   *Model
	users   []*Node // the calls in its model that take its output
	err     error   // the first error on the way here
}

// Call calls a layer on nodes. Dense, LeakyReLU and all the others are short for it: each takes the name, then the inputs, then
// the settings. A name must be unique in its model. For an empty name, New makes one from the layer's kind: "dense_1".
func Call(name string, l Layer, in ...*Node) *Node {
	n := &Node{layer: l, name: name, inputs: slices.Clone(in)}
	for _, x := range in {
		if x == nil {
			n.err = errors.Errorf("layer %q (%s): an input is nil", name, l.Kind())
			return n
		}
		if x.err != nil {
			n.err = x.err
			return n
		}
	}
	if m, ok := l.(applied); ok && m.err != nil {
		n.err = m.err
		return n
	}
	s, err := l.Shape(n.inShapes()...)
	if err == nil {
		err = checkShape(s)
	}
	if err != nil {
		n.err = errors.Wrapf(err, "layer %q (%s)", name, l.Kind())
		return n
	}
	n.shape = s
	return n
}

// Shape is the shape of the node's output, without the batch axis; nil if there was an error.
func (n *Node) Shape() Shape { return n.shape }

// Name is the node's name; it is empty until New makes one if none was asked for.
func (n *Node) Name() string { return n.name }

// Layer is the layer that the node calls.
func (n *Node) Layer() Layer { return n.layer }

// Inputs are the nodes that the layer is called on, in order; none for an Input.
func (n *Node) Inputs() []*Node { return slices.Clone(n.inputs) }

// Weights are the weights of this call, in the order of Layer.Weights. They exist when New has made the node's model. The call
// of a model has none of its own: see Model.Weights.
func (n *Node) Weights() []*Weight { return slices.Clone(n.weights) }

func (n *Node) inShapes() []Shape {
	s := make([]Shape, len(n.inputs))
	for i, x := range n.inputs {
		s[i] = x.shape
	}
	return s
}

// Input begins a model: an example of this shape. An image has the shape (channels, height, width), and its numbers come
// pixel by pixel, (height, width, channels), from data sets and in Model.Predict. So do those of an image that a model takes
// flat, as Input("image", 3*32*32): three numbers of the first pixel, then of the next.
func Input(name string, shape ...int) *Node { return Call(name, input{Size: shape}) }

type input struct {
	Size Shape `json:"shape"`
}

func (input) Kind() string            { return "Input" }
func (input) Weights(...Shape) []Spec { return nil }

func (l input) Shape(in ...Shape) (Shape, error) {
	if len(in) != 0 {
		return nil, errors.Errorf("takes no input, got %d", len(in))
	}
	return slices.Clone(l.Size), nil
}

func (l input) Build(b *Builder, _ ...*G.Node) *G.Node {
	b.Fail(errors.New("an Input is not built: its value is given to Model.Build"))
	return nil
}
