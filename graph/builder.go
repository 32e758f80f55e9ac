package graph

import (
	"fmt"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Mode says what a graph is for. A layer that behaves differently in training, such as Dropout,
// asks for b.Mode.
type Mode int

const (
	Predict  Mode = iota // compute the output alone: no loss, nothing random
	Evaluate             // compute the loss too, without the noise of training
	Train                // compute the loss and its gradients, with the noise of training
)

// Builder writes a model into one expression graph. Each layer's Build gets it. Through its Tape a
// layer writes operations, b.Do for ops of package op and b.Try for stock ones, and reports errors
// with b.Fail.
type Builder struct {
	*op.Tape
	Mode Mode
	Rows int // the batch size

	Unfused bool // build each layer by itself; the numbers are the same

	seed    uint64
	step    *uint64
	place   *uint64
	node    *Node // the node whose layer is being built
	leaves  map[*Weight]*G.Node
	calls   map[*Node]int
	terms   []Term
	updates []Update
	moments []Moments
}

// Term is a scalar that a layer adds to the loss. Name is its column in the history.
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

// DrawFrom gives the graph a source of random numbers. All numbers that layers draw follow from the
// seed and from the step's number, which the graph reads through step at each run. It returns b. A
// Predict graph needs no source.
func (b *Builder) DrawFrom(seed uint64, step *uint64) *Builder {
	b.seed, b.step = seed, step
	return b
}

// PlaceAt says that the rows are a part of a batch, and where each run finds the number of the first one
// in it. Layers then draw for the rows what they draw for them in the whole batch. It returns b.
func (b *Builder) PlaceAt(place *uint64) *Builder {
	b.place = place
	return b
}

// Name returns the name of the layer being built, or "loss" if a loss is written.
func (b *Builder) Name() string {
	if b.node == nil {
		return "loss"
	}
	return b.node.name
}

// In returns the shape of input i of the layer being built, without the batch axis.
func (b *Builder) In(i int) Shape { return b.layer("In").inputs[i].shape }

// layer returns the node of the layer being built. A loss is no layer: what needs one fails there.
func (b *Builder) layer(method string) *Node {
	if b.node == nil {
		b.Fail(errors.Errorf("want a layer that is being built for Builder.%s, got a loss", method))
	}
	return b.node
}

// Weight returns the leaf of a weight of the layer being built, by its name in the layer. A weight
// is one leaf in a graph, however often its model is applied; so its gradient is the sum over all
// uses.
func (b *Builder) Weight(name string) *G.Node { return b.Leaf(b.weight(name)) }

// Leaf returns the leaf of any weight of the model.
func (b *Builder) Leaf(w *Weight) *G.Node {
	n, ok := b.leaves[w]
	if !ok {
		n = b.Var(w.Name, op.Shape(w.Shape), w.Data, !w.Kept && b.Mode == Train)
		b.leaves[w] = n
	}
	return n
}

func (b *Builder) weight(name string) *Weight {
	return b.weightOf(b.layer("Weight"), name)
}

// weightOf returns a weight of the layer of any node.
func (b *Builder) weightOf(n *Node, name string) *Weight {
	for _, w := range n.weights {
		if w.Local == name {
			return w
		}
	}
	b.Fail(errors.Errorf("layer %q (%s): want a weight that the layer has, got %q: add it to its Weights", n.name, n.layer.Kind(), name))
	return nil
}

// AddLoss adds a scalar to the loss, in training and in validation: a penalty, a divergence, a
// rate. It should be a mean over the batch, like the loss itself. Terms with the same name are
// added up into one column of the history.
func (b *Builder) AddLoss(name string, term *G.Node) {
	if len(op.ShapeOf(term)) != 0 {
		b.Fail(errors.Errorf("%q: want a scalar as loss term %q, got shape %v", b.Name(), name, op.ShapeOf(term)))
	}
	for i := range b.terms {
		if b.terms[i].Name == name {
			b.terms[i].Node = b.Do(op.Add(2, op.Shape{}), b.terms[i].Node, term)
			return
		}
	}
	b.terms = append(b.terms, Term{name, term})
}

// Terms returns the terms that layers have added to the loss so far.
func (b *Builder) Terms() []Term { return b.terms }

// Latest returns the value of a kept weight of the layer being built: the last update in this
// graph, if the layer has been built before, else the weight itself.
func (b *Builder) Latest(weight string) *G.Node {
	w := b.weight(weight)
	for _, u := range b.updates {
		if u.Weight == w {
			return u.Node
		}
	}
	return b.Leaf(w)
}

// Update gives a kept weight of the layer being built its next value, which training copies into
// the weight after each step. In a model that is applied several times, an update replaces the one
// before; so compute it from Latest.
func (b *Builder) Update(weight string, v *G.Node) {
	w := b.weight(weight)
	if !w.Kept || !op.ShapeOf(v).Equal(op.Shape(w.Shape)) {
		b.Fail(errors.Errorf("layer %q: want an update of shape %v for the kept weight %q, got shape %v (kept: %v)",
			b.node.name, w.Shape, weight, op.ShapeOf(v), w.Kept))
	}
	for i := range b.updates {
		if b.updates[i].Weight == w {
			b.updates[i].Node = v
			return
		}
	}
	b.updates = append(b.updates, Update{w, v})
}

// Updates returns the next values of kept weights so far.
func (b *Builder) Updates() []Update { return b.updates }

// Noise returns a random stream for this call of the layer being built. A Predict graph has none:
// its output follows from its input alone.
func (b *Builder) Noise() op.Noise {
	n := b.layer("Noise")
	if b.Mode == Predict {
		b.Fail(errors.Errorf("layer %q (%s): want no noise in a graph that only predicts: ask for it if b.Mode is Train or Evaluate",
			n.name, n.layer.Kind()))
	}
	if b.step == nil {
		b.Fail(errors.Errorf("layer %q (%s): want a source of noise, got none: call Builder.DrawFrom first", n.name, n.layer.Kind()))
	}
	call := b.calls[b.node]
	b.calls[b.node]++
	return op.Noise{Key: random.Key(b.seed, "noise", b.node.owner.name, b.node.name, fmt.Sprint(call)), Step: b.step, Place: b.place}
}

// checked refuses an output whose shape is not the one that the layer announced.
func (b *Builder) checked(n *Node, y *G.Node) *G.Node {
	want := NodeShape(b.Rows, n.shape)
	if y == nil || !op.ShapeOf(y).Equal(want) {
		got := "nothing"
		if y != nil {
			got = op.ShapeOf(y).String()
		}
		b.Fail(errors.Errorf("layer %q (%s): want an output of shape %v, got %s", n.name, n.layer.Kind(), want, got))
	}
	return y
}
