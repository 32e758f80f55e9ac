package op

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// A TapeMachine hands a program to another goroutine and locks it to a thread, which for a single image takes longer than
// the program itself. Programs made of our ops alone, without gradients, are therefore run in order by the caller: the
// same ops on the same numbers.

// inline lists the ops that the results need, each after those it reads, with their inputs in place; nil if there are
// gradients, or operations that are not ours, among them.
func (t *Tape) inline(results G.Nodes) []*adapter {
	if t.differentiated {
		return nil
	}
	var ops []*adapter
	done := map[*G.Node]bool{}
	var visit func(n *G.Node) bool
	visit = func(n *G.Node) bool {
		if done[n] || t.data[n] != nil {
			return true
		}
		done[n] = true
		a := t.own[n]
		if a == nil {
			return false
		}
		for i, from := range a.from {
			if !visit(from) {
				return false
			}
			a.in[i] = t.memory(from)
		}
		ops = append(ops, a)
		return true
	}
	for _, n := range results {
		if !visit(n) {
			return nil
		}
	}
	return ops
}

// runInline runs ops one after another. As on the tape, a panic becomes an error.
func runInline(ops []*adapter) (err error) {
	var now *adapter
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("running the graph: %s: %v", now.Name, r)
		}
	}()
	for _, now = range ops {
		now.Run(now.out, now.in)
	}
	return nil
}
