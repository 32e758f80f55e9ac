package graph

import (
	"math"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// The activations apply a function to each element. The output has the input's shape. Package op
// has the formulas and their gradients.

// LeakyReLU is x where x > 0, slope·x elsewhere. Keras's slope is 0.3.
func LeakyReLU(name string, x *Node, slope float32) *Node {
	return Call(name, leakyReLU{Slope: slope}, x)
}

// ELU is x where x > 0, alpha·(exp(x)-1) elsewhere. Keras's alpha is 1.
func ELU(name string, x *Node, alpha float32) *Node { return Call(name, elu{Alpha: alpha}, x) }

// ReLU is max(x, 0).
func ReLU(name string, x *Node) *Node { return Call(name, relu{}, x) }

// SiLU is x·sigmoid(x), also called swish.
func SiLU(name string, x *Node) *Node { return Call(name, silu{}, x) }

// GELU is x·Φ(x), exact by erf.
func GELU(name string, x *Node) *Node { return Call(name, gelu{}, x) }

// Sigmoid is 1/(1+exp(-x)).
func Sigmoid(name string, x *Node) *Node { return Call(name, sigmoid{}, x) }

// Tanh is the hyperbolic tangent.
func Tanh(name string, x *Node) *Node { return Call(name, tanh{}, x) }

// Softplus is log(1+exp(x)).
func Softplus(name string, x *Node) *Node { return Call(name, softplus{}, x) }

// elementwise is the part that layers share which keep the shape and have no weights.
type elementwise struct{}

func (elementwise) Shape(in ...Shape) (Shape, error) { return single(in, 0) }
func (elementwise) Weights(...Shape) []Spec          { return nil }

// activation is a layer that applies one function to each element.
type activation interface {
	Layer
	function() op.Act
}

func activate(b *Builder, l activation, x *G.Node) *G.Node {
	return b.Do(op.Activation(l.function(), op.ShapeOf(x)), x)
}

type leakyReLU struct {
	elementwise
	Slope float32 `json:"slope"`
}

func (leakyReLU) Kind() string { return "LeakyReLU" }

func (l leakyReLU) Shape(in ...Shape) (Shape, error) {
	if !(l.Slope >= 0 && l.Slope <= math.MaxFloat32) {
		return nil, errors.Errorf("want a slope of 0 or more, got %v", l.Slope)
	}
	return single(in, 0)
}

func (l leakyReLU) function() op.Act                        { return op.LeakyReLU(l.Slope) }
func (l leakyReLU) Build(b *Builder, in ...*G.Node) *G.Node { return activate(b, l, in[0]) }

type elu struct {
	elementwise
	Alpha float32 `json:"alpha"`
}

func (elu) Kind() string { return "ELU" }

func (l elu) Shape(in ...Shape) (Shape, error) {
	if !(l.Alpha > 0 && l.Alpha <= math.MaxFloat32) {
		return nil, errors.Errorf("want an alpha above 0, got %v", l.Alpha)
	}
	return single(in, 0)
}

func (l elu) function() op.Act                        { return op.ELU(l.Alpha) }
func (l elu) Build(b *Builder, in ...*G.Node) *G.Node { return activate(b, l, in[0]) }

type (
	relu     struct{ elementwise }
	silu     struct{ elementwise }
	gelu     struct{ elementwise }
	sigmoid  struct{ elementwise }
	tanh     struct{ elementwise }
	softplus struct{ elementwise }
)

func (relu) Kind() string     { return "ReLU" }
func (silu) Kind() string     { return "SiLU" }
func (gelu) Kind() string     { return "GELU" }
func (sigmoid) Kind() string  { return "Sigmoid" }
func (tanh) Kind() string     { return "Tanh" }
func (softplus) Kind() string { return "Softplus" }

func (relu) function() op.Act     { return op.ReLU() }
func (silu) function() op.Act     { return op.SiLU() }
func (gelu) function() op.Act     { return op.GELU() }
func (sigmoid) function() op.Act  { return op.Sigmoid() }
func (tanh) function() op.Act     { return op.Tanh() }
func (softplus) function() op.Act { return op.Softplus() }

func (l relu) Build(b *Builder, in ...*G.Node) *G.Node     { return activate(b, l, in[0]) }
func (l silu) Build(b *Builder, in ...*G.Node) *G.Node     { return activate(b, l, in[0]) }
func (l gelu) Build(b *Builder, in ...*G.Node) *G.Node     { return activate(b, l, in[0]) }
func (l sigmoid) Build(b *Builder, in ...*G.Node) *G.Node  { return activate(b, l, in[0]) }
func (l tanh) Build(b *Builder, in ...*G.Node) *G.Node     { return activate(b, l, in[0]) }
func (l softplus) Build(b *Builder, in ...*G.Node) *G.Node { return activate(b, l, in[0]) }
