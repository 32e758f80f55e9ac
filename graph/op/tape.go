package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Tape is what code that writes a graph holds. Its methods do not return errors: the first error ends the writing and
// is returned by Compile, so that such code reads as a formula.
type Tape struct {
	g       *G.ExprGraph
	own     map[*G.Node]*adapter
	trained map[*G.Node]bool // is a trained leaf below, or the node itself one
	names   map[*G.Node]string
	data    map[*G.Node][]float32 // of leaves
	apart   bool                  // the outputs of ops share no memory
	salt    int
	serial  int

	differentiated bool
	err            error // of an op's gradient
}

func newTape(salt int) *Tape {
	return &Tape{g: G.NewGraph(), own: map[*G.Node]*adapter{}, trained: map[*G.Node]bool{}, names: map[*G.Node]string{}, data: map[*G.Node][]float32{}, salt: salt}
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

// Fail ends the writing of the graph with an error, which Compile returns.
func (t *Tape) Fail(err error) { panic(bail{err}) }

// unique makes of a name one that no other node of the graph has, whatever its name. The salt stands in front: FNV is
// computed byte by byte, so that what is appended to two names that hash alike leaves them alike.
func (t *Tape) unique(name string) string {
	t.serial++
	if t.salt == 0 {
		return fmt.Sprintf("%s#%d", name, t.serial)
	}
	return fmt.Sprintf("%d:%s#%d", t.salt, name, t.serial)
}

// Do writes an op into the graph and returns the node of its output.
func (t *Tape) Do(o Op, x ...*G.Node) *G.Node {
	if err := o.check(); err != nil {
		t.Fail(err)
	}
	if len(x) != len(o.In) {
		t.Fail(errors.Errorf("%s wants %d inputs, got %d", o.Name, len(o.In), len(x)))
	}
	needs := make([]bool, len(x))
	trained := false
	for i, n := range x {
		if n == nil || n.Graph() != t.g {
			t.Fail(errors.Errorf("%s: input %d is no node of this graph (write a constant as a Var)", o.Name, i))
		}
		if !ShapeOf(n).Equal(o.In[i]) {
			t.Fail(errors.Errorf("%s: input %d has shape %v, want %v", o.Name, i, ShapeOf(n), o.In[i]))
		}
		needs[i] = t.below(n)
		trained = trained || needs[i]
	}
	o.alias = o.alias && (t.own[x[0]] != nil || t.data[x[0]] != nil) // a stock operation may put its output elsewhere each time
	a := newAdapter(t, o, t.unique(o.Name), slices.Clone(x), needs)
	n, err := G.ApplyOp(a, a.from...)
	if err != nil {
		t.Fail(errors.Wrap(err, o.Name))
	}
	t.own[n], t.trained[n] = a, trained && !o.still
	return n
}

// filled is the second output of the op behind a node: memory that its run has filled.
func (t *Tape) filled(name string, s Shape, memory []float32, by *G.Node) *G.Node {
	return t.Do(Op{Name: name, In: []Shape{ShapeOf(by)}, Out: s, into: memory, Run: func([]float32, [][]float32) {}}, by)
}

// memory is where the numbers of a leaf or of an op's output stand.
func (t *Tape) memory(n *G.Node) []float32 {
	if a := t.own[n]; a != nil {
		return a.out
	}
	return t.data[n]
}

// Try admits a node that a stock Gorgonia operation made: t.Try(G.Tanh(x)). Gorgonia takes two constant tensors that
// print alike for one: write what does not change as a Var. A stock operation that panics ends the process.
func (t *Tape) Try(n *G.Node, err error) *G.Node {
	if err != nil {
		t.Fail(errors.WithStack(err))
	}
	return n
}

// below reports whether a trained leaf is below a node, looking through stock operations, which the tape did not write.
func (t *Tape) below(n *G.Node) bool {
	known, ok := t.trained[n]
	if ok {
		return known
	}
	for it := t.g.From(n.ID()); it.Next(); {
		if t.below(it.Node().(*G.Node)) {
			t.trained[n] = true
			return true
		}
	}
	t.trained[n] = false
	return false
}

// Var writes a leaf that holds data, in row-major order. The graph reads data each time it runs and never copies it:
// what is written into data before a run is what the run sees. Two graphs may share data. A leaf that is trained is
// one whose gradient can be asked for.
func (t *Tape) Var(name string, s Shape, data []float32, trained bool) *G.Node {
	if len(s) == 0 || s.empty() || s.Size() != len(data) {
		t.Fail(errors.Errorf("leaf %q of shape %v got %d numbers: want at least one axis, none empty, and a number for each element", name, s, len(data)))
	}
	// A header of its own: stock operations transpose the header of what they read, in place.
	v := tensor.New(tensor.WithShape(s...), tensor.WithBacking(data))
	n := G.NewTensor(t.g, G.Float32, len(s), G.WithShape(s...), G.WithName(t.unique(name)), G.WithValue(v))
	t.trained[n], t.names[n], t.data[n] = trained, name, data
	return n
}

// Grad writes the gradients of a scalar with respect to trained leaves, by Gorgonia's symbolic differentiation. Call it
// once a graph, with all leaves.
func (t *Tape) Grad(loss *G.Node, leaves ...*G.Node) []*G.Node {
	if len(ShapeOf(loss)) != 0 {
		t.Fail(errors.Errorf("the loss has shape %v, want a scalar", ShapeOf(loss)))
	}
	reached := t.leaves(loss)
	var idle []*G.Node
	for _, n := range leaves {
		if name, isLeaf := t.names[n]; !isLeaf || !t.trained[n] {
			t.Fail(errors.Errorf("the gradient of %q was asked for, want a trained leaf", name))
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
	grads, err := G.Grad(loss, leaves...)
	var stuck G.SymDiffError
	switch {
	case t.err != nil:
		t.Fail(errors.Wrap(t.err, "differentiating the loss"))
	case errors.As(err, &stuck) && len(stuck.Nodes()) > 0:
		t.Fail(errors.Errorf("the loss has no gradient for %s: every way there leads through an operation without one", t.list(stuck.Nodes())))
	case err != nil:
		t.Fail(errors.Wrap(err, "differentiating the loss"))
	}
	return grads
}

// leaves are all the leaves below a node.
func (t *Tape) leaves(n *G.Node) G.Nodes { return t.g.ExactSubgraphRoots(n).Inputs() }

// list names the trained ones of some leaves in an error, in order.
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

// Source finds the op that made a node: its name, as Op.Name has it, and the nodes it was applied to. ok is false for
// leaves and for what stock operations made.
func (t *Tape) Source(n *G.Node) (name string, in []*G.Node, ok bool) {
	a, ok := t.own[n]
	if !ok {
		return "", nil, false
	}
	return a.Name, a.from, true
}
