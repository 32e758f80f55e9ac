package op

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// A TapeMachine hands a program to another goroutine and locks it to a thread, which for a single image takes longer than
// the program itself. Programs made of our ops alone, without gradients, are therefore run in order by the caller: the
// same ops on the same numbers.

// inline lists the ops of a program in order, with their inputs in place; nil if there are gradients, or operations that
// are not ours, among them.
func (t *Tape) inline(order G.Nodes) []*adapter {
	if t.differentiated {
		return nil
	}
	var ops []*adapter
	for _, n := range order {
		a := t.own[n]
		switch {
		case a != nil:
			for i, from := range a.from {
				a.in[i] = t.memory(from)
			}
			ops = append(ops, a)
		case t.data[n] == nil:
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
