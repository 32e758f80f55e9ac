// Package op holds the operations of which gorgonae's expression graphs are made, and everything that must be known of
// Gorgonia to run them well: this package alone builds Gorgonia nodes, differentiates, compiles and runs.
//
// An operation is data: one Op value with a name, shapes, a forward function over plain slices and a symbolic gradient.
// Forward and gradient stand side by side in one file a family. The adapter in adapter.go makes any Op a gorgonia.Op,
// so that gorgonia.Grad differentiates it and a gorgonia.TapeMachine runs it.
package op

import (
	"fmt"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Shape is the extent of each axis, the batch axis first. The empty shape is a scalar's. Images are channels-last:
// (rows, height, width, channels), so that kernels work on the channels of a pixel side by side.
type Shape []int

// Size is the number of elements; 1 for a scalar.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// empty reports whether some axis has no extent.
func (s Shape) empty() bool { return slices.ContainsFunc(s, func(d int) bool { return d <= 0 }) }

// Equal reports whether both have the same axes.
func (s Shape) Equal(o Shape) bool { return slices.Equal(s, o) }

// String writes the shape as "(256, 784)".
func (s Shape) String() string {
	parts := make([]string, len(s))
	for i, d := range s {
		parts[i] = fmt.Sprint(d)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// ShapeOf is the shape of a node.
func ShapeOf(n *G.Node) Shape { return Shape(n.Shape()) }

// Op is an operation as data. Constructors take shapes, not nodes, so that an op can be checked by itself (see Check).
type Op struct {
	Name string  // the kind and every parameter: "Dense(256,784,300)"
	In   []Shape // of each input, with the batch axis
	Out  Shape

	// Run computes y from the inputs, all in row-major order. It overwrites y, which no input aliases, and changes no
	// input. It is called from one goroutine at a time.
	Run func(y []float32, x [][]float32)

	// Grad writes, from the inputs, the output and its gradient dy, the gradient of each input; nil where there is
	// none. A nil Grad says that the op has no gradient at all: asking for one is an error.
	Grad func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node

	into   []float32 // the output's memory, where another op has filled it along with its own; nil for new memory
	still  bool      // does the output count as a constant to gradients
	alias  bool      // may the output's memory be the input's, of which it is a second name
	logits bool      // is it a Sigmoid, whose input are logits
}

func (o Op) check() error {
	if len(o.In) == 0 {
		return fmt.Errorf("%s has no inputs, want at least one: what depends on nothing is a leaf", o.Name)
	}
	for i, s := range append([]Shape{o.Out}, o.In...) {
		if s.empty() {
			return fmt.Errorf("%s: shape %v (number %d, the output being 0) has an empty axis", o.Name, s, i)
		}
	}
	return nil
}

// like is an elementwise op's frame: n inputs and an output of one shape.
func like(name string, n int, s Shape) Op {
	return Op{Name: fmt.Sprintf("%s%v", name, s), In: slices.Repeat([]Shape{s}, n), Out: s}
}

func tensorShape(s Shape) tensor.Shape { return tensor.Shape(slices.Clone(s)) }
