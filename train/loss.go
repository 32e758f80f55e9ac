package train

import (
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// Loss compares a model's outputs with their targets. Training makes it small. ElementwiseLoss is
// built in. A program can add its own; RegisterLoss lets files and flags name it.
type Loss interface {
	// Write writes the loss into the graph of b and returns its node, a scalar: the mean over the
	// examples of the batch.
	//
	// y is the model's output and target what it should be. Both have the shape
	// graph.NodeShape(b.Rows, model.Out()): for images (rows, height, width, channels). No gradient
	// is taken with respect to target.
	//
	// The terms that layers add by graph.Builder.AddLoss are added to the result. Write may call
	// AddLoss too: then the history has a column for the term.
	Write(b *graph.Builder, y, target *G.Node) *G.Node

	// Check returns an error if the settings of the loss make no sense.
	Check() error

	// Label describes the loss with its unit, for the axis of a figure: "squared error per pixel".
	Label() string

	// String returns the name of the loss with all its settings, as ParseLoss reads it. A run is only
	// resumed with the same.
	String() string
}

// ElementwiseLoss compares each number of the output with the same number of the target. It is the
// mean over the numbers of an example, or their sum after Sum. Over the batch it is always the
// mean.
type ElementwiseLoss struct {
	kind *lossKind
	sum  bool
}

// lossKind is a kind of ElementwiseLoss.
type lossKind struct {
	name   string
	label  string
	op     func(s op.Shape, scale float32) op.Op // scale times the sum over all elements
	logits bool                                  // op takes the inputs of the last Sigmoid
}

var (
	mse   = lossKind{name: "mse", label: "squared error", op: op.SquaredError}
	mae   = lossKind{name: "mae", label: "absolute error", op: op.AbsoluteError}
	huber = lossKind{name: "huber", label: "Huber loss", op: op.Huber}
	bce   = lossKind{name: "bce", label: "binary cross-entropy in nats", op: op.LogisticLoss, logits: true}
)

// MSE is the mean squared error.
func MSE() ElementwiseLoss { return ElementwiseLoss{kind: &mse} }

// MAE is the mean absolute error.
func MAE() ElementwiseLoss { return ElementwiseLoss{kind: &mae} }

// Huber is d²/2 for errors d of at most 1, and |d|-1/2 for larger ones (Huber 1964, with delta 1).
func Huber() ElementwiseLoss { return ElementwiseLoss{kind: &huber} }

// BinaryCrossEntropy is -t·log(y) - (1-t)·log(1-y) in nats, for targets t in [0, 1] and the outputs
// y of a Sigmoid. It is computed from the logits, the inputs of the Sigmoid: so it is exact and
// cannot overflow.
func BinaryCrossEntropy() ElementwiseLoss { return ElementwiseLoss{kind: &bce} }

// WantsSigmoid reports whether a loss needs a model that ends in Sigmoid, as the binary
// cross-entropy does. A loss of another package says so by a method WantsSigmoid() bool.
func WantsSigmoid(l Loss) bool {
	w, ok := l.(interface{ WantsSigmoid() bool })
	return ok && w.WantsSigmoid()
}

// Sum returns the same loss summed over the numbers of an example instead of averaged. It is still
// a mean over the batch.
func (l ElementwiseLoss) Sum() ElementwiseLoss {
	l.sum = true
	return l
}

// WantsSigmoid reports whether the loss is the binary cross-entropy; see the function WantsSigmoid.
func (l ElementwiseLoss) WantsSigmoid() bool { return l.kind.logits }

// Check refuses the zero value.
func (l ElementwiseLoss) Check() error {
	if l.kind == nil {
		return errNoLoss
	}
	return nil
}

// Label is the loss in words, with its unit.
func (l ElementwiseLoss) Label() string {
	if l.sum {
		return l.kind.label + " per image"
	}
	return l.kind.label + " per pixel"
}

// String is the loss as ParseLoss reads it.
func (l ElementwiseLoss) String() string {
	if l.sum {
		return l.kind.name + sumSuffix
	}
	return l.kind.name
}

// Write writes the loss into a graph.
func (l ElementwiseLoss) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	s := op.ShapeOf(y)
	if l.kind.logits {
		logits, ok := b.Logits(y)
		if !ok {
			b.Fail(errors.New("want outputs of a Sigmoid for the binary cross-entropy, got others: end the model in Sigmoid"))
		}
		y = logits
	}
	scale := 1 / float32(s.Size())
	if l.sum {
		scale = 1 / float32(s[0])
	}
	return b.Do(l.kind.op(s, scale), y, target)
}

var errNoLoss = errors.New("want a loss, got none: use one of this package, such as MSE(), or one of your own")

// checkLoss refuses a loss that is nil or whose Check returns an error.
func checkLoss(l Loss) error {
	if l == nil {
		return errNoLoss
	}
	return l.Check()
}
