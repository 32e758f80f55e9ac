package graph

import (
	"fmt"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Mode says what a graph is for. A layer that behaves differently in training, such as Dropout, asks for b.Mode.
type Mode int

const (
	Predict  Mode = iota // compute the output alone: no loss, nothing random
	Evaluate             // compute the loss too, without the noise of training
	Train                // compute the loss and its gradients, with the noise of training
)

// Builder is what layers see while a model is written into one expression graph. Through its Tape they write
// operations (b.Do for ops, b.Try for stock ones) and report errors (b.Fail).
type Builder struct {
	*op.Tape
	Mode Mode
	Rows int // the batch size

	Unfused bool // build each layer by itself; the numbers are the same

	seed    uint64
	step    *uint64
	node    *Node // whose layer is being built
	leaves  map[*Weight]*G.Node
	calls   map[*Node]int
	terms   []Term
	updates []Update
}

// Term is an addition to the training loss: a scalar node, with the name of its column in the history.
type Term struct {
	Name string
	Node *G.Node
}

// Update is the next value of a kept weight.
type Update struct {
	Weight *Weight
	Node   *G.Node
}

// NewBuilder begins an expression graph for batches of rows examples.
func NewBuilder(t *op.Tape, mode Mode, rows int) *Builder {
	return &Builder{Tape: t, Mode: mode, Rows: rows, leaves: map[*Weight]*G.Node{}, calls: map[*Node]int{}}
}

// DrawFrom gives layers that draw random numbers a source for them: all that they draw follows from the seed and from the
// step's number, which the graph reads through step at each run. It returns b. A Predict graph needs no source.
func (b *Builder) DrawFrom(seed uint64, step *uint64) *Builder {
	b.seed, b.step = seed, step
	return b
}

// Name is the name of the layer being built.
func (b *Builder) Name() string { return b.node.name }

// In is the shape of input i of the layer being built, as the layer's Shape saw it.
func (b *Builder) In(i int) Shape { return b.node.inputs[i].shape }

// Weight is the leaf of a weight of the layer being built, by the name in its Spec. However often a model is applied,
// a weight is one leaf in a graph, so that its gradient is the sum over all uses.
func (b *Builder) Weight(name string) *G.Node { return b.Leaf(b.weight(name)) }

// Leaf is the leaf of any weight of the model.
func (b *Builder) Leaf(w *Weight) *G.Node {
	n, ok := b.leaves[w]
	if !ok {
		n = b.Var(w.Name, op.Shape(w.Shape), w.Data, !w.Kept && b.Mode == Train)
		b.leaves[w] = n
	}
	return n
}

func (b *Builder) weight(name string) *Weight {
	for _, w := range b.node.weights {
		if w.Local == name {
			return w
		}
	}
	b.Fail(errors.Errorf("layer %q (%s) asks for weight %q, which its Weights does not list", b.node.name, b.node.layer.Kind(), name))
	return nil
}

// AddLoss adds a scalar to the loss, in training and in validation: a penalty, a divergence, a rate. It should be a
// mean over the batch, as the loss itself is. Terms of one name are added up in one column of the history.
func (b *Builder) AddLoss(name string, term *G.Node) {
	if len(op.ShapeOf(term)) != 0 {
		b.Fail(errors.Errorf("layer %q adds the loss term %q of shape %v, want a scalar", b.node.name, name, op.ShapeOf(term)))
	}
	for i := range b.terms {
		if b.terms[i].Name == name {
			b.terms[i].Node = b.Do(op.Add(2, op.Shape{}), b.terms[i].Node, term)
			return
		}
	}
	b.terms = append(b.terms, Term{name, term})
}

// Terms are the additions to the loss made so far.
func (b *Builder) Terms() []Term { return b.terms }

// Latest is the value of a kept weight of the layer being built after the updates made so far: what the last of them made
// it, where the layer has been built before in this graph, else the weight.
func (b *Builder) Latest(weight string) *G.Node {
	w := b.weight(weight)
	for _, u := range b.updates {
		if u.Weight == w {
			return u.Node
		}
	}
	return b.Leaf(w)
}

// Update gives a kept weight of the layer being built its next value, which is copied after each training step. A model
// may be applied several times in one graph: an update comes in the place of an earlier one, and so starts from Latest.
func (b *Builder) Update(weight string, v *G.Node) {
	w := b.weight(weight)
	if !w.Kept || !op.ShapeOf(v).Equal(op.Shape(w.Shape)) {
		b.Fail(errors.Errorf("layer %q updates weight %q of shape %v (kept: %v) with shape %v: want a kept weight and its shape",
			b.node.name, weight, w.Shape, w.Kept, op.ShapeOf(v)))
	}
	for i := range b.updates {
		if b.updates[i].Weight == w {
			b.updates[i].Node = v
			return
		}
	}
	b.updates = append(b.updates, Update{w, v})
}

// Updates are the next values of kept weights given so far.
func (b *Builder) Updates() []Update { return b.updates }

// Noise is a random stream for this call of the layer being built. A Predict graph has none: its output follows from its
// input alone.
func (b *Builder) Noise() op.Noise {
	if b.Mode == Predict {
		b.Fail(errors.Errorf("layer %q (%s): want no noise in a graph that only predicts: ask for it if b.Mode is Train or Evaluate",
			b.node.name, b.node.layer.Kind()))
	}
	if b.step == nil {
		b.Fail(errors.Errorf("layer %q (%s): want a source of noise, got none: call Builder.DrawFrom first", b.node.name, b.node.layer.Kind()))
	}
	call := b.calls[b.node]
	b.calls[b.node]++
	return op.Noise{Key: random.Key(b.seed, "noise", b.node.owner.name, b.node.name, fmt.Sprint(call)), Step: b.step}
}

// checked refuses a layer's output that is not of the shape it announced.
func (b *Builder) checked(n *Node, y *G.Node) *G.Node {
	want := NodeShape(b.Rows, n.shape)
	if y == nil || !op.ShapeOf(y).Equal(want) {
		got := "nothing"
		if y != nil {
			got = op.ShapeOf(y).String()
		}
		b.Fail(errors.Errorf("layer %q (%s) built %s, want shape %v", n.name, n.layer.Kind(), got, want))
	}
	return y
}
