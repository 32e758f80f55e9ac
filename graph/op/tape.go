package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Tape writes a graph; see Compile. Its methods return no errors: the first error ends the writing,
// and Compile returns it. So the code that writes a graph reads as a formula.
type Tape struct {
	g       *G.ExprGraph
	own     map[*G.Node]*adapter
	trained map[*G.Node]bool // is the node a trained leaf, or does it depend on one
	names   map[*G.Node]string
	data    map[*G.Node][]float32 // of leaves
	apart   bool                  // outputs share no memory
	salt    int
	serial  int
	noisy   int // ops that draw

	groups   *Groups          // nil: none
	grouped  map[*G.Node]bool // does a node depend on rows
	firstSum int              // the number of the first result that is a sum over groups

	differentiated bool
	fans           map[*G.Node]*fan // of nodes whose gradients the tape adds up
	err            error            // of an op's gradient
}

func newTape(salt int) *Tape {
	return &Tape{
		g:       G.NewGraph(),
		own:     map[*G.Node]*adapter{},
		trained: map[*G.Node]bool{},
		names:   map[*G.Node]string{},
		data:    map[*G.Node][]float32{},
		grouped: map[*G.Node]bool{},
		salt:    salt,
	}
}

// Fail ends the writing of the graph with an error, which Compile returns.
func (t *Tape) Fail(err error) { panic(bail{err}) }

// Var writes a leaf that holds data, in row-major order. The graph reads data each time it runs and
// never copies it, so a run sees what was written into data before it. Two graphs may share data.
// Only a trained leaf has a gradient.
func (t *Tape) Var(name string, s Shape, data []float32, trained bool) *G.Node {
	perGroup := t.groups != nil && t.groups.N > 1 && len(data) == t.groups.N*s.Size()
	if len(s) == 0 || s.empty() || s.Size() != len(data) && !perGroup {
		t.Fail(errors.Errorf("leaf %q of shape %v: want at least one axis, no empty axis, and a number for each element, got %d numbers",
			name, s, len(data)))
	}
	v := tensor.New(tensor.WithShape(s...), tensor.WithBacking(data[:s.Size()])) // see gorgonia.go
	n := G.NewTensor(t.g, G.Float32, len(s), G.WithShape(s...), G.WithName(t.unique(name)), G.WithValue(v))
	t.trained[n], t.names[n], t.data[n], t.grouped[n] = trained, name, data, perGroup
	return n
}

// Do writes an op into the graph and returns the node of its output. Of several outputs it returns
// the first.
func (t *Tape) Do(o Op, x ...*G.Node) *G.Node { return t.DoAll(o, x...)[0] }

// DoAll writes an op into the graph and returns the nodes of all its outputs: Out's first, then
// More's. An output that nothing reads costs little; if it is Optional, it is not computed.
func (t *Tape) DoAll(o Op, x ...*G.Node) []*G.Node {
	if err := o.check(); err != nil {
		t.Fail(err)
	}
	if len(x) != len(o.In) {
		t.Fail(errors.Errorf("%s: want %d inputs, got %d", o.Name, len(o.In), len(x)))
	}
	for i, n := range x {
		if n == nil || n.Graph() != t.g {
			t.Fail(errors.Errorf("%s: want a node of this graph as input %d, got another: write a constant as a Var", o.Name, i))
		}
		if !ShapeOf(n).Equal(o.In[i]) {
			t.Fail(errors.Errorf("%s: want shape %v for input %d, got %v", o.Name, o.In[i], i, ShapeOf(n)))
		}
	}
	if o.Noisy {
		t.noisy++
	}
	c := newCall(t, o, x)
	t.write(c)
	return slices.Clone(c.outputs)
}

// Try takes in a node that a stock operation of Gorgonia made: t.Try(G.Tanh(x)). gorgonia.go lists
// what such operations may do. Write constant tensors as Vars: Gorgonia merges
// constants whose printed forms are equal. A stock operation that panics in a run ends the process.
func (t *Tape) Try(n *G.Node, err error) *G.Node {
	if err != nil {
		t.Fail(errors.WithStack(err))
	}
	return n
}

// Grad writes the gradients of a scalar with respect to trained leaves, by Gorgonia's symbolic
// differentiation. Call it once in a graph, with all leaves.
func (t *Tape) Grad(loss *G.Node, leaves ...*G.Node) []*G.Node {
	if len(ShapeOf(loss)) != 0 {
		t.Fail(errors.Errorf("want a scalar as the loss, got shape %v: reduce it to its sum or mean", ShapeOf(loss)))
	}
	reached := t.leaves(loss)
	var idle []*G.Node
	for _, n := range leaves {
		if name, isLeaf := t.names[n]; !isLeaf || !t.trained[n] {
			t.Fail(errors.Errorf("want gradients of trained leaves alone, got %q: no leaf, or not trained", name))
		}
		if !slices.Contains(reached, n) {
			idle = append(idle, n)
		}
	}
	if len(idle) > 0 {
		t.Fail(errors.Errorf("the loss does not depend on %s: leave the layer out, or do not train it", t.list(idle)))
	}
	if len(leaves) == 0 {
		return nil
	}
	t.differentiated = true
	t.countReaders(loss)
	grads, err := G.Grad(loss, leaves...)
	var stuck G.SymDiffError
	switch {
	case t.err != nil:
		t.Fail(errors.Wrap(t.err, "differentiating the loss"))
	case errors.As(err, &stuck) && len(stuck.Nodes()) > 0:
		t.Fail(errors.Errorf("the loss has no gradient for %s: every path to it goes through an operation without a gradient",
			t.list(stuck.Nodes())))
	case err != nil:
		t.Fail(errors.Wrap(err, "differentiating the loss"))
	}
	return grads
}

// Noisy is the number of ops so far that say that they draw from a Noise.
func (t *Tape) Noisy() int { return t.noisy }

// Source finds the op that made a node, and the nodes that the op was applied to. ok is false for
// leaves and for nodes that stock operations made.
func (t *Tape) Source(n *G.Node) (o Op, in []*G.Node, ok bool) {
	a, ok := t.own[n]
	if !ok {
		return Op{}, nil, false
	}
	return a.call.Op, slices.Clone(a.call.x), true
}

// Logits is the input of the Sigmoid that made a node. ok is false if no Sigmoid made it.
func (t *Tape) Logits(y *G.Node) (x *G.Node, ok bool) {
	if o, in, ok := t.Source(y); ok && o.Act != nil && o.Act.Name == sigmoidName {
		return in[0], true
	}
	return nil, false
}

// known reports whether a node is a leaf or one of ours. Its memory is then the same in each run.
func (t *Tape) known(n *G.Node) bool { return t.own[n] != nil || t.data[n] != nil }

// memory is the memory of a known node.
func (t *Tape) memory(n *G.Node) []float32 {
	if a := t.own[n]; a != nil {
		return a.memory
	}
	return t.data[n]
}

// Trained reports whether a node is a trained leaf or depends on one. A gradient may go through such
// a node.
func (t *Tape) Trained(n *G.Node) bool { return t.below(n) }

// below reports whether a node is a trained leaf or depends on one. It looks through stock
// operations, which the tape did not write.
func (t *Tape) below(n *G.Node) bool {
	known, ok := t.trained[n]
	if ok {
		return known
	}
	for _, from := range t.sources(n) {
		if t.below(from) {
			t.trained[n] = true
			return true
		}
	}
	t.trained[n] = false
	return false
}

// leaves are all the leaves that a node depends on.
func (t *Tape) leaves(n *G.Node) G.Nodes { return t.g.ExactSubgraphRoots(n).Inputs() }

// list names the trained leaves among some, sorted, for an error.
func (t *Tape) list(leaves G.Nodes) string {
	var names []string
	for _, n := range leaves {
		if t.trained[n] {
			names = append(names, t.names[n])
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// bail carries an error out of code that writes a graph.
type bail struct{ err error }

func bailed(err *error) {
	switch r := recover().(type) {
	case nil:
	case bail:
		*err = r.err
	default:
		panic(r)
	}
}

// write makes the nodes of a call: the node that runs the op, and a node for each other output.
func (t *Tape) write(c *call) {
	if c.View && !t.known(c.x[0]) { // see gorgonia.go
		c.View, c.Run = false, func(y []float32, x [][]float32) { copy(y, x[0]) }
	}
	first := &adapter{call: c, id: c.Name, in: c.In, from: c.x, runs: !c.View, number: c.runner()}
	shapes := c.Op.outputs()
	if first.number == ticket {
		first.needs = slices.Clone(c.trained)
	} else {
		first.out, first.needs = shapes[first.number], c.needs(first.number)
	}
	runner := t.node(first)
	for k, s := range shapes {
		if k == first.number {
			c.outputs[k] = runner
			continue
		}
		c.outputs[k] = t.node(&adapter{
			call: c, id: fmt.Sprintf("%s[%d]", c.Name, k), number: k, handsOver: true,
			in: []Shape{first.out}, out: s, from: []*G.Node{runner},
			needs: []bool{slices.Contains(c.needs(k), true)},
		})
	}
}

// node applies an adapter to its inputs.
func (t *Tape) node(a *adapter) *G.Node {
	a.id = t.unique(a.id)
	n, err := G.ApplyOp(a, slices.Clone(a.from)...)
	if err != nil {
		t.Fail(errors.Wrap(err, a.Name))
	}
	t.own[n], t.trained[n] = a, slices.Contains(a.needs, true)
	t.grouped[n] = a.Noisy || slices.ContainsFunc(a.from, func(from *G.Node) bool { return t.grouped[from] })
	return n
}
