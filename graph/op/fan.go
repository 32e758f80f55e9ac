package op

import (
	"maps"

	G "gorgonia.org/gorgonia"
)

// The gradient of a node that several ops read is the sum of what each hands back. Gorgonia would add these up
// by operations of its own, which know no groups. So the tape adds them up by Add, in the same order: to
// Gorgonia the last reader alone hands back a gradient, which is the sum.

// fan is what the readers of a node hand back.
type fan struct {
	readers int // that have not been asked yet
	handed  []*G.Node
}

// countReaders counts the inputs through which the loss depends on each node. A node that a stock operation
// reads is left to Gorgonia.
func (t *Tape) countReaders(loss *G.Node) {
	t.fans = map[*G.Node]*fan{}
	stock := map[*G.Node]bool{}
	for open := (G.Nodes{loss}); len(open) > 0; {
		n := open[len(open)-1]
		open = open[:len(open)-1]
		a := t.own[n]
		for i, from := range t.sources(n) {
			if a != nil && !a.needs[i] {
				continue
			}
			if t.fans[from] == nil {
				t.fans[from] = &fan{}
				open = append(open, from)
			}
			t.fans[from].readers++
			stock[from] = stock[from] || a == nil
		}
	}
	maps.DeleteFunc(t.fans, func(n *G.Node, _ *fan) bool { return stock[n] })
}

// last asks a reader of input i, and reports whether it is the last.
func (a *adapter) last(i int) bool {
	if f := a.tape.fans[a.from[i]]; f != nil {
		f.readers--
		a.needs[i] = f.readers == 0
	}
	return a.needs[i]
}

// handBack takes the gradient of input i, and returns the sum if the reader is the last, else nil.
func (a *adapter) handBack(i int, gradient *G.Node) *G.Node {
	f := a.tape.fans[a.from[i]]
	if f == nil {
		return gradient
	}
	f.handed = append(f.handed, gradient)
	switch {
	case !a.last(i):
		return nil
	case len(f.handed) == 1:
		return gradient
	}
	return a.tape.Do(Add(len(f.handed), ShapeOf(gradient)), f.handed...)
}
