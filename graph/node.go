package graph

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// Node is one call of a layer, with its place in a model and its weights. Two calls of the same
// layer make two nodes with separate weights. To share weights, make a model and apply it twice.
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

// Call calls a layer on nodes. Dense, LeakyReLU and the other constructors use it. A name must be
// unique in its model. If it is empty, New makes one from the layer's kind: "dense_1".
func Call(name string, l Layer, in ...*Node) *Node {
	n := &Node{layer: l, name: name, inputs: slices.Clone(in)}
	for _, x := range in {
		if x == nil {
			n.err = errors.Errorf("layer %q (%s): want nodes as inputs, got nil", name, l.Kind())
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

// Shape returns the shape of the node's output, without the batch axis, or nil if there was an
// error.
func (n *Node) Shape() Shape { return n.shape }

// Name returns the node's name. It is empty if no name was given and New has not yet made one.
func (n *Node) Name() string { return n.name }

// Layer returns the layer that the node calls.
func (n *Node) Layer() Layer { return n.layer }

// Inputs returns the nodes that the layer is called on, in order; none for an Input.
func (n *Node) Inputs() []*Node { return slices.Clone(n.inputs) }

// Weights returns the weights of this call, in the order of Layer.Weights. New makes them. A call
// of a model has none of its own: see Model.Weights.
func (n *Node) Weights() []*Weight { return slices.Clone(n.weights) }

func (n *Node) inShapes() []Shape {
	s := make([]Shape, len(n.inputs))
	for i, x := range n.inputs {
		s[i] = x.shape
	}
	return s
}

// Input begins a model: an example of this shape. An image has the shape (channels, height, width);
// data sets and Model.Predict give its numbers pixel by pixel, (height, width, channels). A colour
// image that arrives flat, as Input("image", 3*32*32), is pixel by pixel too: the three numbers of
// the first pixel, then those of the second.
func Input(name string, shape ...int) *Node { return Call(name, input{Size: shape}) }

type input struct {
	Size Shape `json:"shape"`
}

func (input) Kind() string            { return "Input" }
func (input) Weights(...Shape) []Spec { return nil }

func (l input) Shape(in ...Shape) (Shape, error) {
	if len(in) != 0 {
		return nil, errors.Errorf("want no input, got %d", len(in))
	}
	return slices.Clone(l.Size), nil
}

func (l input) Build(b *Builder, _ ...*G.Node) *G.Node {
	b.Fail(errors.New("want the value of an Input from the caller of Model.Build, got a call of its Build"))
	return nil
}
