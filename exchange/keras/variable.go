package keras

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// variable is one variable of a Keras layer, and the weight of ours that takes its values.
type variable struct {
	name    string // "kernel"
	shape   []int  // Keras's
	order   []int  // our axes as Keras's: order[i] is the axis of Keras that is the i-th of ours; nil: the same order
	trained bool   // by the layer, if it is trained
	node    *graph.Node
	local   string // the weight's name in its layer of ours
}

// weight returns the weight that takes the values. Its model must have been made.
func (v *variable) weight() (*graph.Weight, error) {
	var names []string
	for _, w := range v.node.Weights() {
		if w.Local == v.local {
			return w, nil
		}
		names = append(names, w.Local)
	}
	return nil, errors.Errorf("want a weight %q in layer %q for its %s of Keras, got %s: this is a fault of the program, please report it with the model", v.local, v.node.Name(), v.name, someOf(names))
}

// ours returns values in the order of our weight.
func (v *variable) ours(values []float32) []float32 {
	if v.order == nil {
		return values
	}
	return permute(values, v.shape, v.order)
}

// permute transposes an array: the result's axis i is axis order[i] of x.
func permute(x []float32, shape, order []int) []float32 {
	strides := make([]int, len(shape))
	for i, step := len(shape)-1, 1; i >= 0; i-- {
		strides[i] = step
		step *= shape[i]
	}
	y := make([]float32, 0, len(x))
	var walk func(axis, at int)
	walk = func(axis, at int) {
		if axis == len(order) {
			y = append(y, x[at])
			return
		}
		step := strides[order[axis]]
		for i := range shape[order[axis]] {
			walk(axis+1, at+i*step)
		}
	}
	walk(0, 0)
	return y
}

// toOurs turns a shape of Keras without the batch axis into ours: images have the channels first.
func toOurs(s []int) graph.Shape {
	if len(s) == 3 {
		return graph.Shape{s[2], s[0], s[1]}
	}
	return slices.Clone(s)
}

// toKeras is the inverse of toOurs.
func toKeras(s graph.Shape) []int {
	if len(s) == 3 {
		return []int{s[1], s[2], s[0]}
	}
	return slices.Clone(s)
}
