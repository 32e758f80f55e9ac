package op

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// call is one use of an op in a graph.
type call struct {
	Op
	tape    *Tape
	x       []*G.Node // the inputs
	trained []bool    // of each input: does it depend on a trained leaf
	outputs []*G.Node

	args [][]float32 // the numbers of the inputs, from the latest run
	y    [][]float32 // the memory of the outputs, nil for those left out
	dy   []*G.Node   // the gradients of the outputs, nil for those that the loss does not depend on

	groupedCall
}

func newCall(t *Tape, o Op, x []*G.Node) *call {
	outputs := 1 + len(o.More)
	c := &call{
		Op: o, tape: t, x: slices.Clone(x), trained: make([]bool, len(x)),
		outputs: make([]*G.Node, outputs), args: make([][]float32, len(x)),
		y: make([][]float32, outputs), dy: make([]*G.Node, outputs),
	}
	for i, n := range x {
		c.trained[i] = t.below(n)
	}
	return c
}

// needs says of each input whether output k has a gradient for it that matters. Gorgonia finds its
// way to the trained leaves by it.
func (c *call) needs(k int) []bool {
	if !c.differentiable(k) {
		return make([]bool, len(c.x))
	}
	return slices.Clone(c.trained)
}

// ticket stands for the number of an output where a node has none.
const ticket = -1

// runner is the number of the output whose node runs the op. A loss may depend on several outputs
// of an op that has gradients. Then a node of its own runs the op, since that node must be reached
// by the gradients of all outputs: runner is ticket.
func (c *call) runner() int {
	if c.GradAll == nil || !slices.Contains(c.trained, true) {
		return 0
	}
	var reached []int
	for k := range c.y {
		if c.differentiable(k) {
			reached = append(reached, k)
		}
	}
	switch len(reached) {
	case 0:
		return 0
	case 1:
		return reached[0]
	}
	return ticket
}

// compute runs the op on the inputs in args.
func (c *call) compute() {
	if c.tape.groups != nil {
		c.computeGroups()
		return
	}
	c.Op.run(c.y, c.args)
}

// gradients writes the gradients of the inputs into the graph, from those of the outputs in dy.
func (c *call) gradients() (G.Nodes, error) {
	dx, x := make([]*G.Node, len(c.x)), slices.Clone(c.x) // Grad may change its slices
	switch {
	case c.GradAll != nil:
		dx = c.GradAll(c.tape, x, slices.Clone(c.outputs), slices.Clone(c.dy))
	case c.Grad != nil:
		dx = c.Grad(c.tape, x, c.outputs[0], c.dy[0])
	}
	if len(dx) != len(c.x) {
		return nil, errors.Errorf("%s: want %d gradients, one for each input, got %d", c.Name, len(c.x), len(dx))
	}
	for i, d := range dx {
		if d == nil && c.trained[i] {
			return nil, errors.Errorf("%s has no gradient for its input %d, which depends on the trained %s",
				c.Name, i, c.tape.list(c.tape.leaves(c.x[i])))
		}
		if d != nil && !ShapeOf(d).Equal(c.In[i]) {
			return nil, errors.Errorf("%s: want shape %v for the gradient of input %d, got %v", c.Name, c.In[i], i, d.Shape())
		}
	}
	return dx, nil
}
