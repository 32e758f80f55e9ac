package graph

import "github.com/pkg/errors"

// Resize returns the model for inputs of another shape, over the same weights: training one trains
// the other. So a model of convolutions, poolings and norms that was trained on small images works
// on large ones. An error names the layer that does not allow it: a weight would have another
// shape, as in Dense, or the layer does not take the new input, as Reshape.
func (m *Model) Resize(shape ...int) (*Model, error) {
	if m.err != nil {
		return nil, m.err
	}
	return resizer{}.model(m, shape)
}

// resizer holds the resized models, by the original ones.
type resizer map[*Model]*Model

func (r resizer) model(m *Model, in Shape) (*Model, error) {
	if done := r[m]; done != nil {
		if !done.In().Equal(in) {
			return nil, errors.Errorf("model %q: want inputs of one shape wherever it is applied, got %v and %v", m.name, done.In(), in)
		}
		return done, nil
	}
	copies := map[*Node]*Node{}
	for _, n := range m.nodes {
		c, err := r.node(n, in, copies)
		if err != nil {
			return nil, errors.WithMessagef(err, "model %q for inputs of shape %v", m.name, in)
		}
		copies[n] = c
	}
	resized := New(m.name, copies[m.nodes[0]], copies[m.nodes[len(m.nodes)-1]])
	if resized.err != nil {
		return nil, resized.err
	}
	r[m] = resized
	for role, part := range m.parts {
		resized.SetPart(role, r[part])
	}
	return resized, resized.err
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
