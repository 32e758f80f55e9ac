package op

import (
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// The outputs of a program's ops share memory: when the last op that reads one has run, a later op writes over it. So a
// program needs little more than what is alive at once: for a chain of ops, two outputs. Memory of their own have results,
// which the caller reads, and outputs that stock operations read, which may keep them or write into them.

// order lists the nodes that results depend on, and the leaves, in the order in which Gorgonia's compiler puts them.
func (t *Tape) order(roots G.Nodes) (G.Nodes, error) {
	sorted, err := G.Sort(t.g.ExactSubgraphRoots(roots...))
	slices.Reverse(sorted)
	return sorted, errors.Wrap(err, "sorting the graph")
}

// slot is memory that ops share.
type slot struct {
	size int
	ops  []*adapter
}

// assign gives each op in order memory for its output. With t.apart nothing is shared.
func (t *Tape) assign(order, results G.Nodes) {
	last := t.lastReaders(order, results)
	var slots, idle []*slot
	busy := map[int][]*slot{} // by the position of the op after which they are idle
	for i, n := range order {
		a := t.own[n]
		switch end, shared := last[n]; {
		case a == nil || a.into != nil || a.alias:
		case !shared || t.apart:
			slots = append(slots, &slot{a.Out.Size(), []*adapter{a}})
		default:
			s := fit(&idle, a.Out.Size())
			if len(s.ops) == 0 {
				slots = append(slots, s)
			}
			s.ops = append(s.ops, a)
			busy[end] = append(busy[end], s)
		}
		idle = append(idle, busy[i]...) // among them, no output that is an op's own input
	}
	for _, s := range slots {
		memory := make([]float32, s.size)
		for _, a := range s.ops {
			a.bind(memory[:a.Out.Size()])
		}
	}
	for _, n := range order {
		switch a := t.own[n]; {
		case a == nil:
		case a.into != nil:
			a.bind(a.into)
		case a.alias:
			a.bind(t.memory(a.from[0]))
		}
	}
}

// lastReaders is the position of the last op that reads each output, by whatever name; outputs that must stay are left out.
func (t *Tape) lastReaders(order, results G.Nodes) map[*G.Node]int {
	last := map[*G.Node]int{}
	for i, n := range order {
		if a := t.own[n]; a != nil {
			last[n] = i
			for _, from := range a.from {
				last[t.source(from)] = i
			}
		}
	}
	for _, n := range order {
		if t.own[n] != nil {
			continue
		}
		for it := t.g.From(n.ID()); it.Next(); {
			delete(last, t.source(it.Node().(*G.Node)))
		}
	}
	for _, n := range results {
		delete(last, t.source(n))
	}
	return last
}

// source is the node whose memory a node names.
func (t *Tape) source(n *G.Node) *G.Node {
	for a := t.own[n]; a != nil && a.alias; a = t.own[n] {
		n = a.from[0]
	}
	return n
}

// fit returns the idle slot that fits best, or a new one: none that is less than half or more than twice as large, since
// large memory must not be kept from those that need it by small outputs.
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
