package graph

import (
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Resize returns the model for inputs of another shape, over the same weights: training one trains
// the other. So a model of convolutions, poolings and norms that was trained on small images works
// on large ones. An error names the layer that does not allow it: a weight would have another
// shape, as in Dense, or the layer does not take the new input, as Reshape.
func (m *Model) Resize(shape ...int) (*Model, error) { return m.ResizeEnds(nil, shape...) }

// Ends are the borders of images at the ends of a model: Pad is put around its input, in which the
// outer pixels repeat, Crop is taken away from its output.
type Ends struct{ Pad, Crop op.Border }

// ResizeEnds resizes a model as Resize does, and replaces the borders at the ends of models within,
// or of the model itself: an EdgePad2D right after the input and a Crop2D at the output. A border of
// zero is none. So layers that only take images of some sizes can work on images of any size.
func (m *Model) ResizeEnds(ends map[*Model]Ends, shape ...int) (*Model, error) {
	if m.err != nil {
		return nil, m.err
	}
	return resizer{map[*Model]*Model{}, ends}.model(m, shape)
}

// resizer resizes a model and the models within.
type resizer struct {
	done map[*Model]*Model // the resized models, by the original ones
	ends map[*Model]Ends
}

func (r resizer) model(m *Model, in Shape) (*Model, error) {
	if done := r.done[m]; done != nil {
		if !done.In().Equal(in) {
			return nil, errors.Errorf("model %q: want inputs of one shape wherever it is applied, got %v and %v", m.name, done.In(), in)
		}
		return done, nil
	}
	x, y, err := r.nodes(m, in)
	if err != nil {
		return nil, errors.WithMessagef(err, "model %q for inputs of shape %v", m.name, in)
	}
	resized := New(m.name, x, y)
	if resized.err != nil {
		return nil, resized.err
	}
	r.done[m] = resized
	for role, part := range m.parts {
		resized.SetPart(role, r.done[part])
	}
	return resized, resized.err
}

// nodes returns the input and the output of the resized model.
func (r resizer) nodes(m *Model, in Shape) (x, y *Node, err error) {
	ends, replaced := r.ends[m]
	copies := map[*Node]*Node{}
	for i, n := range m.nodes {
		_, pads := n.layer.(edgePad)
		_, crops := n.layer.(crop)
		if replaced && (pads && n.inputs[0] == m.nodes[0] || crops && i == len(m.nodes)-1) {
			copies[n] = copies[n.inputs[0]]
			continue
		}
		c, err := r.node(n, in, copies)
		if err != nil {
			return nil, nil, err
		}
		if i == 0 {
			if x = c; ends.Pad != (op.Border{}) {
				c = Call("", edgePad{border(ends.Pad)}, c)
			}
		}
		copies[n] = c
	}
	if y = copies[m.nodes[len(m.nodes)-1]]; ends.Crop != (op.Border{}) {
		y = Call("", crop{border(ends.Crop)}, y)
	}
	return x, y, y.err
}

// node calls a node's layer again, on the copies of its inputs and with the same weights.
func (r resizer) node(n *Node, in Shape, copies map[*Node]*Node) (*Node, error) {
	inputs := make([]*Node, len(n.inputs))
	for i, x := range n.inputs {
		inputs[i] = copies[x]
	}
	layer := n.layer
	switch l := layer.(type) {
	case input:
		layer = input{Size: in}
	case applied:
		inner, err := r.model(l.Model, inputs[0].shape)
		if err != nil {
			return nil, err
		}
		layer = applied{inner}
	}
	c := Call(n.name, layer, inputs...)
	if c.err != nil {
		return nil, c.err
	}
	specs := layer.Weights(c.inShapes()...)
	if len(specs) != len(n.weights) {
		return nil, errors.Errorf("layer %q (%s): want %d weights as before, got %d", n.name, layer.Kind(), len(n.weights), len(specs))
	}
	for i, s := range specs {
		if w := n.weights[i]; s.Name != w.Local || !s.Shape.Equal(w.Shape) {
			return nil, errors.Errorf("layer %q (%s): want weight %q of shape %v as before, got shape %v", n.name, layer.Kind(), w.Local, w.Shape, s.Shape)
		}
	}
	c.weights = n.weights
	return c, nil
}
