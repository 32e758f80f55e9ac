package train

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/reduce"
)

// A data set of a program can give any numbers. One that is not finite turns the loss and then all
// weights into NaN, and a target outside [0, 1] has a cross-entropy without a lower bound, so
// training would run away. A batch refuses them before they reach the graph. Data
// sets of bytes need no check.

// checkFinite refuses numbers that are not finite.
func checkFinite(values []float32) error {
	if reduce.AllFinite(values) {
		return nil
	}
	i := slices.IndexFunc(values, func(v float32) bool { return v-v != 0 })
	return errors.Errorf("want finite numbers, got %v at place %d of %d: correct or leave out the example", values[i], i, len(values))
}

// checkUnit refuses numbers outside [0, 1].
func checkUnit(values []float32) error {
	if inUnit(values) {
		return nil
	}
	for i, v := range values {
		if !(v >= 0 && v <= 1) {
			return errors.Errorf("want targets from 0 to 1 for a cross-entropy, got %v at place %d of %d: scale the data (bytes by 1/255), or use another loss, such as MSE",
				v, i, len(values))
		}
	}
	return nil
}

// inUnit reports whether all numbers are in [0, 1] and none is -0. It has no branch for each number,
// so it costs about a hundredth of a step of a small model.
func inUnit(values []float32) bool {
	const (
		sign = 1 << 31
		one  = 0x7f << 23 // the bits of 1
		over = sign - 1 - one
	)
	var a, b, c, d uint32 // have the sign for numbers outside
	for len(values) >= 4 {
		p, q := math.Float32bits(values[0]), math.Float32bits(values[1])
		r, s := math.Float32bits(values[2]), math.Float32bits(values[3])
		a |= p | (p + over)
		b |= q | (q + over)
		c |= r | (r + over)
		d |= s | (s + over)
		values = values[4:]
	}
	for _, v := range values {
		p := math.Float32bits(v)
		a |= p | (p + over)
	}
	return (a|b|c|d)&sign == 0
}

// wantsUnit reports whether a loss is a cross-entropy, whose targets must be in [0, 1].
func wantsUnit(l Loss) bool {
	switch l := l.(type) {
	case ElementwiseLoss:
		return l.WantsSigmoid()
	case Weighted:
		return wantsUnit(l.Loss)
	}
	return false
}
