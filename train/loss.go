package train

import (
	"strings"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Loss compares an output with its target. It is a mean over the batch, and over the features too unless Sum is used.
type Loss struct {
	name   string
	label  string
	sum    bool
	logits bool // wants the logits beneath a Sigmoid
	op     func(s op.Shape, scale float32) op.Op
}

// MSE is the mean squared error.
func MSE() Loss { return Loss{name: "mse", label: "squared error", op: op.SquaredError} }

// MAE is the mean absolute error.
func MAE() Loss { return Loss{name: "mae", label: "absolute error", op: op.AbsoluteError} }

// Huber is d²/2 for errors d of at most 1 and |d|-1/2 beyond.
func Huber() Loss { return Loss{name: "huber", label: "Huber loss", op: op.Huber} }

// BinaryCrossEntropy is -t·log(y) - (1-t)·log(1-y), for outputs of a Sigmoid and targets in [0,1]. It is computed from
// the logits beneath the Sigmoid, where it is exact and cannot overflow.
func BinaryCrossEntropy() Loss {
	return Loss{name: "bce", label: "binary cross-entropy in nats", op: op.LogisticLoss, logits: true}
}

// losses are all losses by their names.
func losses() []Loss { return []Loss{MSE(), MAE(), Huber(), BinaryCrossEntropy()} }

// ParseLoss finds a loss as String writes it: mse, mae, huber or bce, with ":sum" behind it where it is summed over the features.
func ParseLoss(s string) (Loss, error) {
	name, sum := strings.CutSuffix(s, ":sum")
	for _, l := range losses() {
		if l.name == name {
			l.sum = sum
			return l, nil
		}
	}
	return Loss{}, errors.Errorf("unknown loss %q, want mse, mae, huber or bce, or one of them with :sum behind it", s)
}

// Sum is the same loss summed over the features instead of averaged; still a mean over the batch.
func (l Loss) Sum() Loss {
	l.sum = true
	return l
}

// Logits reports whether the loss wants a model that ends in Sigmoid.
func (l Loss) Logits() bool { return l.logits }

// Summed reports whether the loss is summed over the features instead of averaged.
func (l Loss) Summed() bool { return l.sum }

// Label is the loss of a feature in words, with its unit, for the axis of a figure.
func (l Loss) Label() string { return l.label }

// String is the loss's name with its reduction: "mse", "mse:sum".
func (l Loss) String() string {
	if l.sum {
		return l.name + ":sum"
	}
	return l.name
}

func (l Loss) write(t *op.Tape, y, target *G.Node) *G.Node {
	s := op.ShapeOf(y)
	if l.logits {
		z, ok := t.Logits(y)
		if !ok {
			t.Fail(errors.New("binary cross-entropy wants outputs in (0,1): end the model in Sigmoid"))
		}
		y = z
	}
	scale := 1 / float32(s.Size())
	if l.sum {
		scale = 1 / float32(s[0])
	}
	return t.Do(l.op(s, scale), y, target)
}
