package train

import (
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Optimizer is a rule by which gradients change weights. It is a value without state: the Trainer
// keeps the state, so that a checkpoint can hold it by the names of the weights.
type Optimizer interface {
	// Rate is the learning rate, before the schedule scales it.
	Rate() float32

	// Slots names the arrays that make up the state for each weight. Each has the weight's size and
	// starts as zeros.
	Slots() []string

	// Update changes a weight's data by its gradient. step counts the updates from 1, with those of
	// another program before (see Trainer.Adopt), rate is the
	// learning rate of this step, and slots is the weight's state in the order of Slots. Update writes
	// w.Data in place; it calls neither w.Set nor a model, since Predict of the model is kept waiting.
	Update(step uint64, rate float32, w *graph.Weight, gradient []float32, slots [][]float32)

	// Check returns an error if the settings make no sense.
	Check() error

	// String is the kind of the optimizer with all settings except the rate. A run is only resumed
	// with the same.
	String() string
}

// ParseOptimizer reads "adam", "adamw:decay=F", "sgd", "sgd:momentum=F" or
// "sgd:momentum=F,nesterov", and sets the learning rate. Behind adam: or the decay of adamw may stand
// other settings than those of NewAdam: "adam:beta1=0.5,beta2=0.9,epsilon=1e-08".
func ParseOptimizer(s string, rate float32) (Optimizer, error) {
	kind, settings, _ := strings.Cut(s, ":")
	value, nesterov := strings.CutSuffix(settings, ",nesterov")
	switch {
	case s == "adam":
		return NewAdam(rate), nil
	case s == "sgd":
		return SGD{LearningRate: rate}, nil
	case kind == "adam" || kind == "adamw":
		if a, ok := parseAdam(settings, rate); ok && (a.Decay != 0) == (kind == "adamw") {
			return a, nil
		}
	case kind == "sgd":
		if momentum, ok := parseSetting(value, "momentum"); ok {
			return SGD{LearningRate: rate, Momentum: momentum, Nesterov: nesterov}, nil
		}
	}
	return nil, errors.Errorf("want an optimizer adam, adamw:decay=F, sgd, sgd:momentum=F or sgd:momentum=F,nesterov, got %q", s)
}

// parseAdam reads settings of Adam with commas between them, each at most once.
func parseAdam(text string, rate float32) (Adam, bool) {
	a, seen := NewAdam(rate), map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(part, "=")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || seen[name] {
			return a, false
		}
		seen[name] = true
		switch name {
		case "decay":
			a.Decay = float32(v)
		case "beta1":
			a.Beta1 = v
		case "beta2":
			a.Beta2 = v
		case "epsilon":
			a.Epsilon = float32(v)
		default:
			return a, false
		}
	}
	return a, true
}

// parseSetting reads "name=number".
func parseSetting(s, name string) (value float32, ok bool) {
	number, ok := strings.CutPrefix(s, name+"=")
	v, err := strconv.ParseFloat(number, 32)
	return float32(v), ok && err == nil
}

// OptimizerText returns the optimizer as ParseOptimizer reads it, without the learning rate. If
// ParseOptimizer cannot express the optimizer, the result is its String. An optimizer of another
// package says otherwise by a method Text() string.
func OptimizerText(o Optimizer) string {
	if t, ok := o.(interface{ Text() string }); ok {
		return t.Text()
	}
	return o.String()
}

// WithRate returns the optimizer with another learning rate. It is an error if the optimizer has no
// method WithRate.
func WithRate(o Optimizer, rate float32) (Optimizer, error) {
	if o, ok := o.(interface{ WithRate(rate float32) Optimizer }); ok {
		return o.WithRate(rate), nil
	}
	return nil, errors.Errorf("want an optimizer with a method WithRate, got %v: give it the learning rate in the program", o)
}

// checkRate refuses a learning rate that is not a finite number above 0.
func checkRate(rate float32) error {
	if !(rate > 0 && rate <= math.MaxFloat32) {
		return errors.Errorf("want a learning rate above 0, got %v", rate)
	}
	return nil
}
