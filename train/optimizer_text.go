package train

import (
	"fmt"

	"github.com/pkg/errors"
)

// OptimizerText returns the optimizer as ParseOptimizer reads it, without the learning rate. If
// ParseOptimizer cannot express the optimizer, it returns the optimizer's String.
func OptimizerText(o Optimizer) string {
	text := o.String()
	switch o := o.(type) {
	case Adam:
		text = "adam"
		if o.Decay != 0 {
			text = fmt.Sprintf("adamw:decay=%v", o.Decay)
		}
		if o != NewAdamW(o.LearningRate, o.Decay) {
			return o.String()
		}
	case SGD:
		text = "sgd"
		if o.Momentum != 0 {
			text = fmt.Sprintf("sgd:momentum=%v", o.Momentum)
		}
		if o.Nesterov {
			text += ",nesterov"
		}
	}
	return text
}

// WithRate returns the optimizer with another learning rate. An optimizer from outside of this package
// needs a method WithRate for it.
func WithRate(o Optimizer, rate float32) (Optimizer, error) {
	switch o := o.(type) {
	case Adam:
		o.LearningRate = rate
		return o, nil
	case SGD:
		o.LearningRate = rate
		return o, nil
	case interface{ WithRate(rate float32) Optimizer }:
		return o.WithRate(rate), nil
	}
	return nil, errors.Errorf("want an optimizer with a method WithRate, got %v: give it the learning rate in the program", o)
}
