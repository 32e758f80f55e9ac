package graph

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Moments are the mean and the variance that a layer computes of a batch in training, and the kept
// weights that stand for them after training. Running averages of them are those of the data only
// after many steps. So training computes the averages anew at the end of an epoch, over examples
// whose number it knows.
type Moments struct {
	Mean, Variance *Weight // kept

	// Of the batch, in the shapes of the weights; the variance is the biased one. Both are nil if
	// each would be over a single number: then they say nothing, and the layer uses the weights.
	OfMean, OfVariance *G.Node
}

// AddMoments says that two kept weights of the layer being built stand for the mean and the variance
// of the data. The nodes are those of the batch; nil and nil if the batch is too small to have them.
// A model that is applied several times adds those of each call.
func (b *Builder) AddMoments(mean, variance string, ofMean, ofVariance *G.Node) {
	m := Moments{Mean: b.weight(mean), Variance: b.weight(variance), OfMean: ofMean, OfVariance: ofVariance}
	none := ofMean == nil && ofVariance == nil
	if !m.Mean.Kept || !m.Variance.Kept || !none && !(fitsWeight(ofMean, m.Mean) && fitsWeight(ofVariance, m.Variance)) {
		b.Fail(errors.Errorf("layer %q: want moments of the shapes of the kept weights %q and %q, got others, or weights that are not kept",
			b.node.name, mean, variance))
	}
	b.moments = append(b.moments, m)
}

func fitsWeight(n *G.Node, w *Weight) bool { return n != nil && op.ShapeOf(n).Equal(op.Shape(w.Shape)) }

// Moments returns the moments of all layers so far, in the order of their calls.
func (b *Builder) Moments() []Moments { return b.moments }
