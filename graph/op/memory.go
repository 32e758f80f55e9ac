package op

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// The outputs of a program's ops share memory. When the last op that reads an output has run, a
// later op overwrites it. So a program needs little more memory than is alive at once: a chain of
// ops needs that of two outputs. Two kinds of output have memory of their own: results, which the
// caller reads, and outputs that stock operations read, which may keep them or write into them.

// order lists the nodes that results depend on, and the leaves, in the order of Gorgonia's
// compiler.
func (t *Tape) order(roots G.Nodes) (G.Nodes, error) {
	sorted, err := G.Sort(t.g.ExactSubgraphRoots(roots...))
	slices.Reverse(sorted)
	return sorted, errors.Wrap(err, "sorting the graph")
}

// slot is memory that nodes share.
type slot struct {
	size  int
	nodes []*adapter
}

// assign gives each node of ours, in order, memory for its output. With t.apart nothing is shared.
func (t *Tape) assign(order, results G.Nodes) {
	last := t.lastReaders(order, results)
	var slots, idle []*slot
	busy := map[int][]*slot{} // by the position of the op after which they are idle
	read := t.read(order, results)
	for i, n := range order {
		for _, out := range t.filledBy(n, read) {
			a := t.own[out]
			end, shared := last[out]
			if !shared || t.apart {
				slots = append(slots, &slot{a.size(), []*adapter{a}})
				continue
			}
			s := fit(&idle, a.size())
			if len(s.nodes) == 0 {
				slots = append(slots, s)
			}
			s.nodes = append(s.nodes, a)
			busy[end] = append(busy[end], s)
		}
		idle = append(idle, busy[i]...) // now, since an op reads its inputs while it writes
	}
	for _, s := range slots {
		memory := make([]float32, s.size)
		for _, a := range s.nodes {
			a.bind(memory[:a.size()])
		}
	}
	for _, n := range order {
		switch a := t.own[n]; {
		case a == nil:
		case a.View:
			a.bind(t.memory(a.from[0]))
		case a.value == nil:
			a.value = G.NewF32(0) // nothing reads it, but the machine must have a value
		}
	}
}

// read is the set of nodes that are results or that another node reads.
func (t *Tape) read(order, results G.Nodes) map[*G.Node]bool {
	read := map[*G.Node]bool{}
	for _, n := range results {
		read[n] = true
	}
	for _, n := range order {
		for _, from := range t.inputs(n) {
			read[from] = true
		}
	}
	return read
}

// inputs lists the nodes whose numbers node n reads. A node that hands an output over waits for its
// input, but does not read it.
func (t *Tape) inputs(n *G.Node) []*G.Node {
	if a := t.own[n]; a != nil && a.handsOver {
		return nil
	}
	return t.sources(n)
}

// sources lists the nodes that node n waits for: of one of ours, its inputs in order.
func (t *Tape) sources(n *G.Node) (from []*G.Node) {
	if a := t.own[n]; a != nil {
		return a.from
	}
	for it := t.g.From(n.ID()); it.Next(); {
		from = append(from, it.Node().(*G.Node))
	}
	return from
}

// filledBy lists the nodes whose memory the op of node n fills. All outputs of an op must be alive
// when it runs, however late the nodes that hand them over come. Optional outputs that nothing
// reads get no memory.
func (t *Tape) filledBy(n *G.Node, read map[*G.Node]bool) []*G.Node {
	a := t.own[n]
	if a == nil || !a.runs {
		return nil
	}
	var filled []*G.Node
	for k, out := range a.outputs {
		if !slices.Contains(a.Optional, k) || read[out] {
			filled = append(filled, out)
		}
	}
	return filled
}

// lastReaders is the position of the last op that reads each output, under any name. Outputs that
// must stay are missing.
func (t *Tape) lastReaders(order, results G.Nodes) map[*G.Node]int {
	last := map[*G.Node]int{}
	for i, n := range order {
		a := t.own[n]
		if a == nil {
			continue
		}
		last[n] = i
		if a.runs {
			for _, out := range a.outputs { // even those that nothing reads are filled
				last[out] = i
			}
		}
		for _, from := range t.inputs(n) {
			last[t.source(from)] = i
		}
	}
	for _, n := range order {
		if t.own[n] != nil {
			continue
		}
		for _, from := range t.inputs(n) {
			delete(last, t.source(from))
		}
	}
	for _, n := range results {
		delete(last, t.source(n))
	}
	return last
}

// source is the node whose memory a node names.
func (t *Tape) source(n *G.Node) *G.Node {
	for a := t.own[n]; a != nil && a.View; a = t.own[n] {
		n = a.from[0]
	}
	return n
}

// fit returns the idle slot whose size is closest, or a new one. A slot of less than half or more
// than twice the size does not count: a small output must not take large memory from the outputs
// that need it.
func fit(idle *[]*slot, size int) *slot {
	best, distance := -1, size
	for i, s := range *idle {
		if d := max(s.size-size, size-s.size); s.size <= 2*size && size <= 2*s.size && d <= distance {
			best, distance = i, d
		}
	}
	if best < 0 {
		return &slot{size: size}
	}
	s := (*idle)[best]
	*idle = slices.Delete(*idle, best, best+1)
	s.size = max(s.size, size)
	return s
}
