package graph

import (
	"slices"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Fuser is a layer that can compute the next layer along with itself. Dense applies an activation
// to its output while the output is in registers. Fusing changes speed alone: the model keeps its
// two layers, with their names, weights and files, and the numbers are the same, bit for bit.
type Fuser interface {
	Layer

	// Fuse returns a layer that computes both, with the weights of this one, or nil if it cannot.
	Fuse(next Layer) Layer
}

// normFuser is a layer that can compute a batch norm along with itself where the norm's statistics
// are given and no gradient goes back.
type normFuser interface {
	// fuseNorm returns a layer that computes both, or nil if it cannot. The norm's layer is given, and
	// its node, which has its weights.
	fuseNorm(l batchNorm, n *Node) Layer
}

// fuse fuses the calls that follow n into n's layer, as long as each is the only user of the one
// before and has no other input. in are the inputs of n. It returns the layer to build and the call
// whose output that layer gives.
func (b *Builder) fuse(n *Node, in []*G.Node) (Layer, *Node) {
	l := n.layer
	forward := b.Mode != Train && !slices.ContainsFunc(in, b.Trained) // no gradient goes back
	for !b.Unfused && len(n.users) == 1 && len(n.users[0].inputs) == 1 {
		fused := fusePair(l, n.users[0], forward)
		if fused == nil {
			break
		}
		l, n = fused, n.users[0]
	}
	return l, n
}

// fusePair returns a layer that computes l and then the layer of next, or nil if there is none.
func fusePair(l Layer, next *Node, forward bool) Layer {
	if norm, ok := next.layer.(batchNorm); ok && forward {
		if f, ok := l.(normFuser); ok {
			return f.fuseNorm(norm, next)
		}
		return nil
	}
	if f, ok := l.(Fuser); ok {
		return f.Fuse(next.layer)
	}
	return nil
}

// fusible returns the function of an activation that a layer can fuse, or nil. The layer must not
// have fused another one. The activation's gradient must come from its output.
func fusible(taken *op.Act, next Layer) *op.Act {
	if f := fusibleAny(taken, next); f != nil && !f.FromInput {
		return f
	}
	return nil
}

// fusibleAny is fusible for a layer whose gradient can find the activation's input again. Sigmoid is
// never fused: binary cross-entropy looks for the logits beneath it.
func fusibleAny(taken *op.Act, next Layer) *op.Act {
	a, ok := next.(activation)
	if !ok || taken != nil {
		return nil
	}
	if _, ok := next.(sigmoid); ok {
		return nil
	}
	f := a.function()
	return &f
}
