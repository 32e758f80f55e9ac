package train

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/elementwise"
)

// SGD is stochastic gradient descent with momentum, as PyTorch computes it: the velocity is v =
// momentum·v + g, and the step is rate·v, or rate·(g + momentum·v) with Nesterov's momentum
// (Sutskever et al. 2013). Momentum 0 is plain descent.
type SGD struct {
	LearningRate float32
	Momentum     float32
	Nesterov     bool
}

// Rate is the learning rate.
func (s SGD) Rate() float32 { return s.LearningRate }

// WithRate returns the optimizer with another learning rate.
func (s SGD) WithRate(rate float32) Optimizer {
	s.LearningRate = rate
	return s
}

// Slots is the velocity.
func (s SGD) Slots() []string { return []string{"velocity"} }

// Check refuses settings outside their ranges.
func (s SGD) Check() error {
	if err := checkRate(s.LearningRate); err != nil {
		return err
	}
	switch {
	case !(s.Momentum >= 0 && s.Momentum < 1):
		return errors.Errorf("want a momentum of at least 0 and less than 1, got %v", s)
	case s.Nesterov && s.Momentum == 0:
		return errors.Errorf("want a momentum above 0 for Nesterov's, got %v", s)
	}
	return nil
}

func (s SGD) String() string {
	if s.Nesterov {
		return fmt.Sprintf("sgd(momentum=%v, nesterov)", s.Momentum)
	}
	return fmt.Sprintf("sgd(momentum=%v)", s.Momentum)
}

// Text is the optimizer as ParseOptimizer reads it.
func (s SGD) Text() string {
	text := "sgd"
	if s.Momentum != 0 {
		text += fmt.Sprintf(":momentum=%v", s.Momentum)
	}
	if s.Nesterov {
		text += ",nesterov"
	}
	return text
}

// Update makes a step.
func (s SGD) Update(_ uint64, rate float32, w *graph.Weight, g []float32, slots [][]float32) {
	elementwise.SGD(w.Data, g, slots[0], rate, s.Momentum, s.Nesterov)
}
