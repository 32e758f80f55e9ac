package autoencoder

import (
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Activation is the name of an activation function, as flags and files write it.
type Activation string

// The activation functions. Linear is the identity: it adds no layer.
const (
	ELU       Activation = "elu"
	GELU      Activation = "gelu"
	LeakyReLU Activation = "leakyrelu"
	Linear    Activation = "linear"
	ReLU      Activation = "relu"
	Sigmoid   Activation = "sigmoid"
	SiLU      Activation = "silu"
	Softplus  Activation = "softplus"
	Tanh      Activation = "tanh"
)

var activations = map[Activation]func(name string, x *graph.Node, slope float32) *graph.Node{
	ELU:       func(name string, x *graph.Node, _ float32) *graph.Node { return graph.ELU(name, x, 1) },
	GELU:      ignoreSlope(graph.GELU),
	LeakyReLU: graph.LeakyReLU,
	Linear:    func(_ string, x *graph.Node, _ float32) *graph.Node { return x },
	ReLU:      ignoreSlope(graph.ReLU),
	Sigmoid:   ignoreSlope(graph.Sigmoid),
	SiLU:      ignoreSlope(graph.SiLU),
	Softplus:  ignoreSlope(graph.Softplus),
	Tanh:      ignoreSlope(graph.Tanh),
}

func ignoreSlope(layer func(name string, x *graph.Node) *graph.Node) func(string, *graph.Node, float32) *graph.Node {
	return func(name string, x *graph.Node, _ float32) *graph.Node { return layer(name, x) }
}

// Activations returns the names of all activation functions in alphabetical order.
func Activations() []Activation { return slices.Sorted(maps.Keys(activations)) }

// ParseActivation finds an activation function by its name.
func ParseActivation(name string) (Activation, error) {
	a := Activation(name)
	if activations[a] == nil {
		return "", errors.Errorf("want %s, got %q", wantActivation(), name)
	}
	return a, nil
}

func wantActivation() string { return "one of " + strings.Join(Activation("").Choices(), ", ") }

// Choices returns the names of all activation functions, for the help of a flag.
func (Activation) Choices() []string {
	var names []string
	for _, a := range Activations() {
		names = append(names, string(a))
	}
	return names
}

// UnmarshalText reads a name. It makes flags and JSON refuse names that do not exist.
func (a *Activation) UnmarshalText(text []byte) error {
	return assign(a, string(text), ParseActivation)
}

// Check returns an error unless the activation function exists. The error names the field that
// holds the activation.
func (a Activation) Check(field string) error {
	if activations[a] == nil {
		return &FieldError{field, wantActivation(), string(a)}
	}
	return nil
}

// Apply calls the activation function on x in a layer of the given name. The slope is for
// LeakyReLU; the other functions ignore it. Check must have accepted the activation.
func (a Activation) Apply(name string, x *graph.Node, slope float32) *graph.Node {
	return activations[a](name, x, slope)
}

// Nonlinearity holds the settings of activation functions that all architectures share.
type Nonlinearity struct {
	Activation Activation `json:"activation" flag:"activation" help:"of the hidden layers: {choices}"`
	Output     Activation `json:"output" flag:"output" help:"activation of the last layer, from the same list"`
	Slope      float32    `json:"slope" flag:"slope" help:"of every LeakyReLU"`
}

// SetOutput changes the activation of the last layer.
func (n *Nonlinearity) SetOutput(a Activation) { n.Output = a }

// Check returns an error if a field has a value that it cannot have.
func (n *Nonlinearity) Check() error {
	if err := n.Activation.Check("activation"); err != nil {
		return err
	}
	if !positive(n.Slope) {
		return &FieldError{"slope", "a number above 0", n.Slope}
	}
	return n.Output.Check("output")
}
