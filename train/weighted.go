package train

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// Weighted is another loss multiplied by a factor. Terms that layers add to the loss are not
// multiplied, so the factor says how much the loss counts beside them.
type Weighted struct {
	Factor float32 // above 0
	Loss   Loss
}

// parseWeighted reads "48*mse:sum". ok is false if the text does not begin with a number and a *.
func parseWeighted(s string) (l Loss, ok bool, err error) {
	number, text, ok := strings.Cut(s, "*")
	factor, notNumber := strconv.ParseFloat(number, 32)
	if !ok || notNumber != nil {
		return nil, false, nil
	}
	if l, err = ParseLoss(text); err != nil {
		return nil, true, err
	}
	w := Weighted{float32(factor), l}
	return w, true, w.Check()
}

// Check refuses factors that are not finite and above 0.
func (w Weighted) Check() error {
	if !(w.Factor > 0 && w.Factor <= math.MaxFloat32) {
		return errors.Errorf("want a finite factor of a loss above 0, got %v", w.Factor)
	}
	return checkLoss(w.Loss)
}

// WantsSigmoid is that of the other loss.
func (w Weighted) WantsSigmoid() bool { return WantsSigmoid(w.Loss) }

// Label is the loss in words, with its unit.
func (w Weighted) Label() string { return fmt.Sprintf("%v × %s", w.Factor, w.Loss.Label()) }

// String is the loss as ParseLoss reads it.
func (w Weighted) String() string { return fmt.Sprintf("%v*%v", w.Factor, w.Loss) }

// Write writes the loss into a graph.
func (w Weighted) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	return b.Do(times(w.Factor), w.Loss.Write(b, y, target))
}

// times multiplies a scalar by a constant.
func times(factor float32) op.Op {
	return op.Op{
		Name: fmt.Sprintf("Times[%v]", factor),
		In:   []op.Shape{{}},
		Out:  op.Shape{},
		Run:  func(y []float32, x [][]float32) { y[0] = factor * x[0][0] },
		Grad: func(t *op.Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{t.Do(times(factor), dy)} },
	}
}

// Share returns how much a loss counts the error of one of the numbers of an example: 1 for a sum over
// the numbers, 1/numbers for their mean, and the factor of a Weighted times that. What layers add to
// the loss, such as a divergence, is for a whole example. ok is false if the loss is not built in.
func Share(l Loss, numbers int) (share float64, ok bool) {
	switch l := l.(type) {
	case ElementwiseLoss:
		if l.sum {
			return 1, true
		}
		return 1 / float64(numbers), true
	case Weighted:
		share, ok = Share(l.Loss, numbers)
		return share * float64(l.Factor), ok
	}
	return 0, false
}
