package graph

import "github.com/gorgonae/gorgonae/graph/op"

// Fuser is a layer that can do the next one's work along with its own, as Dense applies an activation to its output while
// that is in registers. Fusing is a matter of speed alone: the user writes two layers, their names, weights and files
// stay as they are, and the numbers are the same, bit for bit.
type Fuser interface {
	Layer

	// Fuse returns a layer that does both, with the weights of this one, or nil if it cannot.
	Fuse(next Layer) Layer
}

// fuse fuses the calls behind n into n's layer, as far as each is the only user of the one before and takes nothing
// else. It returns the layer to build and the call whose output that gives.
func (b *Builder) fuse(n *Node) (Layer, *Node) {
	l := n.layer
	for !b.Unfused && len(n.users) == 1 && len(n.users[0].inputs) == 1 {
		f, ok := l.(Fuser)
		if !ok {
			break
		}
		fused := f.Fuse(n.users[0].layer)
		if fused == nil {
			break
		}
		l, n = fused, n.users[0]
	}
	return l, n
}

// fusible is the function of an activation that a layer with weights takes in: one whose gradient comes from its output.
// It is nil for another layer, or if the layer has taken in one before. Sigmoid stays by itself: a binary cross-entropy
// looks for the logits beneath it.
func fusible(taken *op.Act, next Layer) *op.Act {
	a, ok := next.(activation)
	if !ok || taken != nil {
		return nil
	}
	if _, ok := next.(sigmoid); ok {
		return nil
	}
	f := a.function()
	if f.FromInput {
		return nil
	}
	return &f
}
