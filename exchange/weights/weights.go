// Package weights names and arranges the weights of a model as other libraries have them, so that
// a state dictionary of PyTorch or a list of arrays for Keras can be written and read. It knows the
// axes of every kernel, and the order of the numbers in a flattened image: this package and PyTorch
// count them channel by channel, Keras pixel by pixel.
package weights

import (
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// Layout is a library whose names and axes weights get.
type Layout string

// The layouts. In all of them a name has the parts model, layer, weight.
const (
	// PyTorch has encoder.encoder_dense.weight: Linear (out, in), Conv2d (out, in/groups, rows,
	// columns), ConvTranspose2d (in, out/groups, rows, columns). A model that takes or gives an image
	// as a vector has it channel by channel, as x.flatten(1) makes it.
	PyTorch Layout = "pytorch"

	// Keras has encoder/encoder_dense/kernel: Dense (in, out), Conv2D (rows, columns, in/groups, out),
	// Conv2DTranspose (rows, columns, out, in), with channels last in all images.
	Keras Layout = "keras"

	// Own is the layout of model files; see docs/model-file.md.
	Own Layout = "gorgonae"
)

// Layouts returns all layouts.
func Layouts() []Layout { return []Layout{PyTorch, Keras, Own} }

// ParseLayout finds a layout by its name.
func ParseLayout(name string) (Layout, error) {
	if l := Layout(name); slices.Contains(Layouts(), l) {
		return l, nil
	}
	return "", errors.Errorf("want pytorch, keras or gorgonae, got %q", name)
}

// Tensor is a weight as another library has it.
type Tensor struct {
	Weight *graph.Weight
	Kind   string // of the layer: "Dense"
	Name   string // in the layout
	Local  string // the last part of the name: "weight"
	Shape  []int  // in the layout

	axes   []int   // axis i of the tensor is axis axes[i] of the weight
	orders []order // of the numbers along each axis of the weight
}

// Arrange returns the weights of a model in a layout, in the order of Model.Weights, and notes: what
// a user of the other library would not expect. The image is the size of the model's images if it
// takes or gives them as vectors of all their numbers, else it may be zero. It is an error if the
// layout has no place for a weight, or if a vector must have two orders at once.
func Arrange(m *graph.Model, l Layout, image images.Size) (all []Tensor, notes []string, err error) {
	if err := m.Err(); err != nil {
		return nil, nil, err
	}
	found, err := findOrders(m, l, image)
	if err != nil {
		return nil, nil, err
	}
	taken := map[string]bool{}
	for _, mm := range m.Models() {
		for _, n := range mm.Nodes() {
			for _, w := range n.Weights() {
				t, err := arrange(n, w, l, found)
				if err != nil {
					return nil, nil, err
				}
				if taken[t.Name] {
					return nil, nil, errors.Errorf("want a name of its own for each weight, got %q twice: rename the layers", t.Name)
				}
				taken[t.Name] = true
				all = append(all, t)
			}
		}
	}
	return all, noteAll(m, l, image), nil
}

// Values returns the weight's values as the layout has them, row-major.
func (t Tensor) Values() []float32 {
	values := make([]float32, len(t.Weight.Data))
	t.each(func(there, here int) { values[there] = t.Weight.Data[here] })
	return values
}

// Own returns values that are in the layout as the weight has them.
func (t Tensor) Own(values []float32) ([]float32, error) {
	if len(values) != t.Weight.Shape.Size() {
		return nil, errors.Errorf("%s: want %d numbers for shape %v, got %d", t.Name, t.Weight.Shape.Size(), graph.Shape(t.Shape), len(values))
	}
	own := make([]float32, len(values))
	t.each(func(there, here int) { own[here] = values[there] })
	return own, nil
}

// each calls f for each number with its place in the tensor and in the weight.
func (t Tensor) each(f func(there, here int)) {
	strides := make([]int, len(t.axes)) // in the weight, of the tensor's axes
	for i, a := range t.axes {
		strides[i] = t.Weight.Shape[a+1:].Size()
	}
	there := 0
	var walk func(axis, here int)
	walk = func(axis, here int) {
		if axis == len(t.axes) {
			f(there, here)
			there++
			return
		}
		order := t.orders[t.axes[axis]]
		for i := range t.Shape[axis] {
			at := i
			if order != nil {
				at = order[i]
			}
			walk(axis+1, here+at*strides[axis])
		}
	}
	walk(0, 0)
}

// name joins the parts of a weight's name.
func name(l Layout, w *graph.Weight, local string) string {
	parts := strings.Split(w.Name, "/") // model, layer, weight; none of them has a slash
	if l != PyTorch {
		return parts[0] + "/" + parts[1] + "/" + local
	}
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(p, ".", "_") // a dot would name a module within
	}
	return parts[0] + "." + parts[1] + "." + local
}
