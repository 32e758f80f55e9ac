package op

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// A TapeMachine hands a program to another goroutine and locks it to a thread. For a single image
// that takes longer than the program itself. So the caller's goroutine runs a program that consists
// of our ops alone and has no gradients: the same ops in the same order on the same numbers.

// inline lists the calls of a program in order, with their inputs in place. It is nil if the
// program has gradients or stock operations.
func (t *Tape) inline(order G.Nodes) []*call {
	if t.differentiated {
		return nil
	}
	var calls []*call
	for _, n := range order {
		a := t.own[n]
		switch {
		case a == nil && t.data[n] == nil:
			return nil
		case a != nil && a.runs:
			for i, from := range a.x {
				a.args[i] = t.memory(from)
			}
			calls = append(calls, a.call)
		}
	}
	return calls
}

// runInline runs calls one after another. As on the tape, a panic becomes an error.
func runInline(calls []*call) (err error) {
	var now *call
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("running the graph: %s: %v", now.Name, r)
		}
	}()
	for _, now = range calls {
		now.compute()
	}
	return nil
}

// users appends the operands of calls that are some memory.
func users(all []*[]float32, calls []*call, memory []float32) []*[]float32 {
	for _, c := range calls {
		for _, slices := range [2][][]float32{c.args, c.y} {
			for i, s := range slices {
				if len(s) == len(memory) && len(s) > 0 && &s[0] == &memory[0] {
					all = append(all, &slices[i])
				}
			}
		}
	}
	return all
}

// point makes operands of calls other memory of the same length.
func point(operands []*[]float32, memory []float32) {
	for _, s := range operands {
		*s = memory
	}
}
