package train

import (
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Optimizer is a rule by which gradients change weights. It is a value without state: the Trainer keeps the state, so
// that it can be saved by the weights' names.
type Optimizer interface {
	// Rate is the learning rate, which the schedule scales.
	Rate() float32

	// Slots names the arrays that the optimizer keeps beside each weight, of the weight's size and zero at first.
	Slots() []string

	// Update changes a weight's data by its gradient in step number step, counted from 1, at a learning rate.
	Update(step uint64, rate float32, w *graph.Weight, gradient []float32, slots [][]float32)

	// Check refuses settings that make no sense.
	Check() error

	// String is the kind with all settings but the rate. Runs can only be resumed where it is the same.
	String() string
}

// ParseOptimizer reads "adam", "adamw:decay=F", "sgd", "sgd:momentum=F" or "sgd:momentum=F,nesterov", and gives it a
// learning rate. What it does not name is as in NewAdam.
func ParseOptimizer(s string, rate float32) (Optimizer, error) {
	kind, settings, _ := strings.Cut(s, ":")
	value, nesterov := strings.CutSuffix(settings, ",nesterov")
	switch {
	case s == "adam":
		return NewAdam(rate), nil
	case s == "sgd":
		return SGD{LearningRate: rate}, nil
	case kind == "adamw" && !nesterov:
		if decay, ok := parseSetting(value, "decay"); ok {
			return NewAdamW(rate, decay), nil
		}
	case kind == "sgd":
		if momentum, ok := parseSetting(value, "momentum"); ok {
			return SGD{LearningRate: rate, Momentum: momentum, Nesterov: nesterov}, nil
		}
	}
	return nil, errors.Errorf("unknown optimizer %q, want adam, adamw:decay=F, sgd, sgd:momentum=F or sgd:momentum=F,nesterov", s)
}

// parseSetting reads "name=number".
func parseSetting(s, name string) (value float32, ok bool) {
	number, ok := strings.CutPrefix(s, name+"=")
	v, err := strconv.ParseFloat(number, 32)
	return float32(v), ok && err == nil
}

// checkRate refuses a learning rate that is not above 0.
func checkRate(rate float32) error {
	if !(rate > 0 && rate <= math.MaxFloat32) {
		return errors.Errorf("learning rate %v, want a number above 0", rate)
	}
	return nil
}
