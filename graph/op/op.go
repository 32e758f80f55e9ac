// Package op holds the operations of gorgonae's expression graphs. It is the only package that
// builds Gorgonia nodes, differentiates, compiles and runs them; gorgonia.go says what it knows of
// Gorgonia.
//
// An operation is data: an Op has a name, shapes, a forward function over plain slices and a
// symbolic gradient. Forward and gradient stand side by side, one family a file. A Tape writes ops
// into a graph, and Compile makes a graph a Program. Check compares an op and its gradient with a
// reference.
package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Shape is the size of a node along each axis. The batch axis comes first. Images are
// channels-last, (rows, height, width, channels), so that kernels work on the channels of a pixel
// side by side. The shape of a scalar is empty.
type Shape []int

// Size is the number of elements. It is 1 for a scalar.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// empty reports whether the shape has no elements.
func (s Shape) empty() bool { return slices.ContainsFunc(s, func(d int) bool { return d <= 0 }) }

// Equal reports whether both shapes have the same axes.
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

// Op is an operation as data. Its constructor takes shapes, not nodes, so that the op can be
// checked by itself (see Check). Most ops have one output: they set Out, Run and Grad.
//
// An op with several outputs also sets More, and it sets RunAll and GradAll instead of Run and
// Grad. One pass over the inputs then computes, for example, a value and what its gradient needs.
// Tape.DoAll returns the nodes of all outputs.
type Op struct {
	Name string  // the kind and every parameter: "Dense(256,784,300)"
	In   []Shape // the inputs
	Out  Shape   // the output, or the first of several
	More []Shape // the second output and all after it

	// Run computes y from the inputs x, all in row-major order. It overwrites y and changes no
	// input. y shares no memory with an input. Run is called from one goroutine at a time.
	Run func(y []float32, x [][]float32)

	// RunAll computes all outputs of an op that has several, under the rules of Run. See also
	// Optional.
	RunAll func(y, x [][]float32)

	// Grad writes the gradient of each input from the inputs x, the output y and the output's
	// gradient dy. It returns nil for an input that has no gradient. If Grad itself is nil, no
	// input has one. Asking for a gradient that does not exist is an error.
	Grad func(t *Tape, x []*G.Node, y, dy *G.Node) []*G.Node

	// GradAll is Grad for an op with several outputs. dy[k] is nil if the loss does not depend on
	// output k; at least one is not nil.
	GradAll func(t *Tape, x, y, dy []*G.Node) []*G.Node

	// Constant lists, by number, the outputs without a gradient: the loss is differentiated as if
	// they were constants.
	Constant []int

	// Optional lists the outputs, by number, that RunAll can leave out. Where nothing reads output
	// k, y[k] is nil. All other outputs always have memory.
	Optional []int

	// View says that the output is the only input in another shape: the same numbers in the same
	// order. A view needs no Run. In a graph it is a second name for the input's memory and costs
	// nothing; only where a stock operation made the input, the numbers are copied.
	View bool

	// Together is Run or RunAll for the rows of several groups, which lie one behind the other in all outputs
	// and in all inputs but those that it shares. It is optional, and the bits are those of one group after
	// the other; see CompileGroups.
	Together func(groups int, y, x [][]float32)

	// SumTogether is Together for where the outputs in Sums, by number, are wanted as sums over groups, in pairs,
	// and pairs of pairs. It is optional.
	SumTogether func(groups int, y, x [][]float32)
	Sums        []int

	// Apart says that several goroutines may call Run or RunAll at once, each for a group.
	Apart bool

	// Shared lists the inputs, by number, that Together and SumTogether take from all groups together, such
	// as weights.
	Shared []int

	// Noisy says that the op draws from a Noise. Else groups of rows would draw the same numbers where its inputs
	// depend on no row.
	Noisy bool

	// Act is the function of an elementwise op, for code that looks for one; see Tape.Logits.
	Act *Act
}

// outputs are the shapes of all outputs.
func (o *Op) outputs() []Shape { return append([]Shape{o.Out}, o.More...) }

// flat returns the op with a Together that is its Run: for an elementwise one.
func (o Op) flat() Op {
	run := o.Run
	o.Together = func(_ int, y, x [][]float32) { run(y[0], x) }
	return o
}

// byRows returns the op with a Run, and a Together, that computes each row by itself, of so many rows.
func (o Op) byRows(rows int, run func(rows int, y []float32, x [][]float32)) Op {
	o.Run = func(y []float32, x [][]float32) { run(rows, y, x) }
	o.Together = func(groups int, y, x [][]float32) { run(groups*rows, y[0], x) }
	return o
}

// run computes the outputs y from the inputs x.
func (o *Op) run(y, x [][]float32) {
	switch {
	case o.RunAll != nil:
		o.RunAll(y, x)
	case o.View:
		copy(y[0], x[0])
	default:
		o.Run(y[0], x)
	}
}

// differentiable reports whether gradients can flow through output k.
func (o *Op) differentiable(k int) bool { return !slices.Contains(o.Constant, k) }

// check finds mistakes in an op.
func (o *Op) check() error {
	if len(o.In) == 0 {
		return errors.Errorf("%s: want at least one input, got none: write what depends on nothing as a leaf", o.Name)
	}
	for i, s := range o.In {
		if s.empty() {
			return errors.Errorf("%s: want elements in input %d, got shape %v", o.Name, i, s)
		}
	}
	outputs := o.outputs()
	for k, s := range outputs {
		if s.empty() {
			return errors.Errorf("%s: want elements in output %d, got shape %v", o.Name, k, s)
		}
	}
	for _, k := range slices.Concat(o.Constant, o.Optional) {
		if k < 0 || k >= len(outputs) {
			return errors.Errorf("%s: want a number below %d in Constant and Optional, got %d", o.Name, len(outputs), k)
		}
	}
	return o.checkFunctions()
}

// checkFunctions finds an op whose functions do not fit its number of outputs.
func (o *Op) checkFunctions() error {
	switch several := len(o.More) > 0; {
	case o.View && (len(o.In) != 1 || several || o.In[0].Size() != o.Out.Size()):
		return errors.Errorf("%s: want one input and one output of the same size in a view, got %v and %v", o.Name, o.In, o.outputs())
	case several && (o.RunAll == nil || o.Run != nil || o.Grad != nil):
		return errors.Errorf("%s: want RunAll and GradAll for %d outputs, got Run or Grad or no RunAll", o.Name, 1+len(o.More))
	case !several && (o.RunAll != nil || o.GradAll != nil || len(o.Optional) > 0 || (o.Run == nil) != o.View):
		return errors.Errorf("%s: want Run and Grad alone for one output, and no Run for a view: set More for several outputs", o.Name)
	}
	return nil
}

// like is the frame of an elementwise op: n inputs and an output of one shape.
func like(name string, n int, s Shape) Op {
	return Op{Name: fmt.Sprintf("%s%v", name, s), In: slices.Repeat([]Shape{s}, n), Out: s}
}

func tensorShape(s Shape) tensor.Shape { return tensor.Shape(slices.Clone(s)) }
