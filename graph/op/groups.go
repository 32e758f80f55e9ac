package op

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// A batch may be computed in groups of rows, each as if it were alone: then a sum over rows is one of each
// group. To run a small graph for each group would fill no tile and pack all weights again and again. So a
// graph that is written for the rows of a group can be compiled for several groups at once. What depends on
// the rows has memory for all groups, one behind the other. An op runs for one group after the other, or for
// all together if it knows how to, and the bits are the same.

// Groups says how a graph that is written for the rows of a group runs.
type Groups struct {
	N     int     // groups, a power of two
	Rows  int     // of a group
	Place *uint64 // the number of the first row of all in its batch; an op that runs for a group finds that of its first row there
}

// ErrGroups is the error of CompileGroups for a graph with stock operations, see Tape.Try, which know no groups.
var ErrGroups = errors.New("the graph has operations of Gorgonia, which do not run in groups")

// CompileGroups compiles a graph for several groups of rows. A leaf whose data have N times its size is one of
// the rows, and all other leaves are shared. Of a result that depends on rows, Program.Result has the numbers
// of all groups, one behind the other. The sums are results too, behind the others: of a sum it has the sum
// over the groups, in pairs, and pairs of pairs.
func CompileGroups(g Groups, write func(*Tape) (results, sums []*G.Node)) (*Program, error) {
	if g.N < 1 || g.N&(g.N-1) != 0 || g.Rows < 1 {
		return nil, errors.Errorf("want groups of at least one row, whose number is a power of two, got %d of %d", g.N, g.Rows)
	}
	return compileSalted(func(t *Tape) []*G.Node {
		results, sums := write(t)
		t.firstSum = len(results)
		for i, n := range sums {
			if !t.grouped[n] { // the same for all groups: to double it again and again rounds nothing
				sums[i] = t.Do(Times(float32(g.N), ShapeOf(n)), n)
			}
		}
		return append(results, t.unread(sums, results)...)
	}, &g)
}

// unread returns nodes with the numbers of some: each once, none of them among others, and none that another
// node reads.
func (t *Tape) unread(nodes, others []*G.Node) []*G.Node {
	read := map[*G.Node]bool{}
	for _, n := range others {
		read[n] = true
	}
	for _, a := range t.own {
		if !a.handsOver {
			for _, n := range a.from {
				read[n] = true
			}
		}
	}
	var own []*G.Node
	for _, n := range nodes {
		if read[n] {
			n = t.Do(Copy(ShapeOf(n)), n)
		}
		read[n] = true
		own = append(own, n)
	}
	return own
}

// group prepares the nodes of a program. Nodes that are sums have the memory of one group.
func (t *Tape) group(order, sums G.Nodes) error {
	for _, n := range order {
		switch a := t.own[n]; {
		case a != nil && a.runs:
			a.prepareGroups()
		case a == nil && len(t.sources(n)) > 0:
			return ErrGroups
		}
	}
	for n, a := range t.own {
		if t.grouped[n] {
			a.copies = t.groups.N
		}
	}
	for _, n := range sums {
		if a := t.own[n]; t.grouped[n] {
			a.copies = 1
			a.summed, a.sums = append(a.summed, a.number), append(a.sums, elementwise.Tree{})
		}
	}
	return nil
}

// groupedCall is what a call knows of groups.
type groupedCall struct {
	rowwise bool   // the op runs for each group, or for all together
	perRow  []bool // of each input: does it depend on rows
	summed  []int  // outputs of which the sum is wanted

	operands []operands         // of groups
	sums     []elementwise.Tree // over groups, of outputs in summed
	terms    [][][]float32      // of the sums, by group if groups run at once, else of the present group
}

// operands are the operands of a group.
type operands struct{ x, y [][]float32 }

// prepareGroups prepares a call whose node has been looked at.
func (a *adapter) prepareGroups() {
	c := a.call
	for _, n := range c.x {
		c.perRow = append(c.perRow, c.tape.grouped[n])
		c.rowwise = c.rowwise || c.tape.grouped[n]
	}
	c.rowwise = c.rowwise || c.Noisy
	for range c.tape.groups.N {
		c.operands = append(c.operands, operands{make([][]float32, len(c.x)), make([][]float32, len(c.y))})
	}
}

// together reports whether the op can run for all groups at once: all inputs are of rows but for those that it
// shares.
func (c *call) together() bool {
	for i, perRow := range c.perRow {
		if perRow == slices.Contains(c.Shared, i) {
			return false
		}
	}
	return true
}

// sumsAreWanted reports whether of all outputs that have memory the sums are wanted that SumTogether computes, and
// no others.
func (c *call) sumsAreWanted() bool {
	for k, y := range c.y {
		if y != nil && slices.Contains(c.Sums, k) != slices.Contains(c.summed, k) {
			return false
		}
	}
	return true
}

// computeGroups runs the op for all groups.
func (c *call) computeGroups() {
	groups := c.tape.groups.N
	switch {
	case !c.rowwise:
		c.Op.run(c.y, c.args)
	case len(c.summed) == 0 && c.Together != nil && c.together():
		c.Together(groups, c.y, c.args)
	case c.SumTogether != nil && c.sumsAreWanted() && c.together():
		c.SumTogether(groups, c.y, c.args)
	case c.Apart && !c.Noisy:
		c.atOnce(groups)
	default:
		c.inTurn(groups)
	}
}

// atOnce runs the op for groups side by side.
func (c *call) atOnce(groups int) {
	for len(c.terms) < groups {
		terms := make([][]float32, len(c.summed))
		for i, k := range c.summed {
			if len(c.terms) > 0 {
				terms[i] = make([]float32, len(c.y[k]))
			}
		}
		c.terms = append(c.terms, terms)
	}
	for i, k := range c.summed {
		c.terms[0][i] = c.y[k]
	}
	pool.Run(groups, c)
	for i := range c.sums {
		c.sums[i].Begin(c.terms[0][i])
		for _, terms := range c.terms {
			c.sums[i].Add(terms[i])
		}
	}
}

// Do runs the op for a group, while others run too.
func (c *call) Do(_, group int) { c.runGroup(group, c.terms[group]) }

// inTurn runs the op for one group after the other.
func (c *call) inTurn(groups int) {
	if c.terms == nil {
		c.terms = [][][]float32{make([][]float32, len(c.summed))}
	}
	terms := c.terms[0]
	for i, k := range c.summed {
		c.sums[i].Begin(c.y[k])
	}
	place := c.tape.groups.Place
	for group := range groups {
		for i := range terms {
			terms[i] = c.sums[i].Next()
		}
		c.runGroup(group, terms)
		for i := range terms {
			c.sums[i].Add(terms[i])
		}
		if place != nil {
			*place += uint64(c.tape.groups.Rows)
		}
	}
	if place != nil {
		*place -= uint64(groups * c.tape.groups.Rows)
	}
}

// runGroup runs the op for a group, whose terms of the sums go to terms.
func (c *call) runGroup(group int, terms [][]float32) {
	o := c.operands[group]
	for i, x := range c.args {
		if o.x[i] = x; c.perRow[i] {
			n := len(x) / c.tape.groups.N
			o.x[i] = x[group*n:][:n]
		}
	}
	for k, y := range c.y {
		if o.y[k] = nil; y != nil {
			n := len(y) / c.tape.groups.N
			o.y[k] = y[group*n:][:n]
		}
	}
	for i, k := range c.summed {
		o.y[k] = terms[i]
	}
	c.Op.run(o.y, o.x)
}
