package train

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/f32"
)

// SGD is stochastic gradient descent, with Polyak's momentum where that is above 0, as PyTorch computes it: the velocity
// is v = momentum·v + g, the step rate·v, or rate·(g + momentum·v) with Nesterov's look ahead (Sutskever et al. 2013).
type SGD struct {
	LearningRate float32
	Momentum     float32
	Nesterov     bool
}

// Rate is the learning rate.
func (s SGD) Rate() float32 { return s.LearningRate }

// Slots is the velocity.
func (s SGD) Slots() []string { return []string{"velocity"} }

// Check refuses settings outside of their ranges.
func (s SGD) Check() error {
	if err := checkRate(s.LearningRate); err != nil {
		return err
	}
	switch {
	case !(s.Momentum >= 0 && s.Momentum < 1):
		return errors.Errorf("%v, want a momentum of at least 0 and less than 1", s)
	case s.Nesterov && s.Momentum == 0:
		return errors.Errorf("%v, want a momentum above 0 for Nesterov's look ahead", s)
	}
	return nil
}

func (s SGD) String() string {
	if s.Nesterov {
		return fmt.Sprintf("sgd(momentum=%v, nesterov)", s.Momentum)
	}
	return fmt.Sprintf("sgd(momentum=%v)", s.Momentum)
}

// Update makes a step.
func (s SGD) Update(_ uint64, rate float32, w *graph.Weight, g []float32, slots [][]float32) {
	f32.SGD(w.Data, g, slots[0], rate, s.Momentum, s.Nesterov)
}
