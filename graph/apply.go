package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Apply calls the model on a node, as one layer. Every call uses the same weights: apply a model
// twice to share weights. The node has the model's name; if that is taken, New appends a number.
func (m *Model) Apply(x *Node) *Node {
	n := m.ApplyAs(m.name, x)
	n.auto = true
	return n
}

// ApplyAs is Apply with a name for the node.
func (m *Model) ApplyAs(name string, x *Node) *Node { return Call(name, applied{m}, x) }

// applied is a model as a layer.
type applied struct{ *Model }

func (applied) Kind() string            { return "Model" }
func (applied) Weights(...Shape) []Spec { return nil } // they belong to the calls within

func (l applied) Shape(in ...Shape) (Shape, error) {
	if l.err != nil {
		return nil, l.err
	}
	s, err := single(in, 0)
	if err == nil && !s.Equal(l.In()) {
		err = errors.Errorf("want an input of shape %v, got %v", l.In(), s)
	}
	return l.Out(), err
}

func (l applied) Build(b *Builder, in ...*G.Node) *G.Node { return l.Model.Build(b, in[0]) }

// Build writes the model into an expression graph. x has the shape NodeShape(b.Rows, m.In()), and
// the returned output NodeShape(b.Rows, m.Out()).
func (m *Model) Build(b *Builder, x *G.Node) *G.Node {
	if err := m.Ready(); err != nil {
		b.Fail(err)
	}
	if want := NodeShape(b.Rows, m.In()); !op.ShapeOf(x).Equal(want) {
		b.Fail(errors.Errorf("model %q: want an input of shape %v, got %v", m.name, want, op.ShapeOf(x)))
	}
	outer := b.node
	defer func() { b.node = outer }()
	values := map[*Node]*G.Node{m.nodes[0]: x}
	for _, n := range m.nodes[1:] {
		if values[n] != nil {
			continue // fused into the layer before
		}
		in := make([]*G.Node, len(n.inputs))
		for i, p := range n.inputs {
			in[i] = values[p]
		}
		b.node = n
		layer, last := b.fuse(n, in)
		drawn, noisy := b.calls[n], b.Noisy()
		y := b.checked(last, layer.Build(b, in...))
		if b.Mode == Train && b.calls[n] > drawn && b.Noisy() == noisy { // else it may ask and not draw
			b.Fail(errors.Errorf("layer %q (%s): want an op that says that it draws, for the Noise that the layer asks for, got none: set Noisy in its Op",
				n.name, layer.Kind()))
		}
		for values[n] = y; n != last; values[n] = y { // those between are read by the next one alone
			n = n.users[0]
		}
	}
	return values[m.nodes[len(m.nodes)-1]]
}

// Model returns the model that the node applies, or nil if the node calls another layer.
func (n *Node) Model() *Model {
	l, _ := n.layer.(applied)
	return l.Model
}
