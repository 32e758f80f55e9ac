package train

import (
	"fmt"
	"math"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/elementwise"
)

// Adam is the optimizer of Kingma and Ba (2015) as Keras computes it: Keras adds epsilon to sqrt(v)
// before it corrects the bias, and computes the correction in float32.
type Adam struct {
	LearningRate float32
	Beta1, Beta2 float64 // float64 as in Keras: 1-0.999 rounded to float32 is not 1-float32(0.999)
	Epsilon      float32

	// Decay makes it AdamW (Loshchilov and Hutter 2019, "Decoupled weight decay regularization"),
	// as in PyTorch: before the step a weight is multiplied by 1 - rate·Decay. Only kernels decay,
	// that is, weights with two or more axes. Biases and the scales and offsets of normalisations
	// have no reason to be small. 0: plain Adam.
	Decay float32
}

// NewAdam returns Adam with this learning rate and the other defaults of Keras: betas of 0.9 and
// 0.999, epsilon 1e-7.
func NewAdam(rate float32) Adam {
	return Adam{LearningRate: rate, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
}

// NewAdamW returns the same with a decay of the kernels.
func NewAdamW(rate, decay float32) Adam {
	a := NewAdam(rate)
	a.Decay = decay
	return a
}

// Rate is the learning rate.
func (a Adam) Rate() float32 { return a.LearningRate }

// WithRate returns the optimizer with another learning rate.
func (a Adam) WithRate(rate float32) Optimizer {
	a.LearningRate = rate
	return a
}

// Slots are m, the moving average of the gradient, and v, the moving average of its square.
func (a Adam) Slots() []string { return []string{"m", "v"} }

// Check refuses settings outside their ranges.
func (a Adam) Check() error {
	if err := checkRate(a.LearningRate); err != nil {
		return err
	}
	decays := func(beta float64) bool { return beta >= 0 && float32(beta) < 1 } // its powers are float32
	if !(decays(a.Beta1) && decays(a.Beta2) && a.Epsilon > 0 && a.Epsilon <= math.MaxFloat32) {
		return errors.Errorf("want betas of at least 0 and less than 1, and an epsilon above 0, got %v", a)
	}
	if !(a.Decay >= 0 && a.LearningRate*a.Decay < 1) {
		return errors.Errorf("want a decay of at least 0 and less than 1/rate, got %v at a learning rate of %v", a, a.LearningRate)
	}
	return nil
}

func (a Adam) String() string {
	settings := fmt.Sprintf("beta1=%v, beta2=%v, epsilon=%v", a.Beta1, a.Beta2, a.Epsilon)
	if a.Decay != 0 {
		return fmt.Sprintf("adamw(%s, decay=%v)", settings, a.Decay)
	}
	return fmt.Sprintf("adam(%s)", settings)
}

// Text is the optimizer as ParseOptimizer reads it.
func (a Adam) Text() string {
	standard := NewAdam(a.LearningRate)
	kind, all := "adam", []string(nil)
	add := func(name string, v, usual any) {
		if v != usual {
			all = append(all, fmt.Sprintf("%s=%v", name, v))
		}
	}
	if a.Decay != 0 {
		kind = "adamw"
	}
	add("decay", a.Decay, standard.Decay)
	add("beta1", a.Beta1, standard.Beta1)
	add("beta2", a.Beta2, standard.Beta2)
	add("epsilon", a.Epsilon, standard.Epsilon)
	if all == nil {
		return kind
	}
	return kind + ":" + strings.Join(all, ",")
}

// Update makes a step: m and v move towards g and g², and then w -= alpha·m/(sqrt(v)+epsilon), with
// alpha = rate·sqrt(1-beta2^step)/(1-beta1^step).
func (a Adam) Update(step uint64, rate float32, w *graph.Weight, g []float32, slots [][]float32) {
	if a.Decay != 0 && len(w.Shape) >= 2 {
		elementwise.Scale(w.Data, w.Data, 1-float32(rate*a.Decay))
	}
	correct2 := float32(math.Sqrt(float64(1 - power(float32(a.Beta2), step))))
	alpha := float32(rate*correct2) / (1 - power(float32(a.Beta1), step))
	elementwise.Adam(w.Data, g, slots[0], slots[1], alpha, float32(1-a.Beta1), float32(1-a.Beta2), a.Epsilon)
}

// power is b^n, computed in float64 and rounded once to float32. Unlike math.Pow, squaring and
// multiplying gives the same bits on every processor.
func power(b float32, n uint64) float32 {
	p := 1.0
	for f := float64(b); n > 0; n >>= 1 {
		if n&1 == 1 {
			p *= f
		}
		f *= f
	}
	return float32(p)
}
