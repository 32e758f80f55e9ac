package train

import "math"

// Progress is the position of a run.
type Progress struct {
	Epoch, Epochs int     // the present epoch, counted from 1, and the number of epochs
	Step, Steps   int     // steps done in this epoch, and the number of steps in an epoch
	Loss          float64 // mean over the examples of this epoch so far

	Done      uint64  // steps done in all epochs
	BatchLoss float64 // mean over the examples of this step, with all terms
	Rate      float32 // the learning rate of this step
	PerSecond float64 // examples a second in this epoch, since it began or was resumed

	// Norm is the norm of all gradients of this step together, before they are clipped; NaN without
	// Hooks.Norms and Config.Clip. MeanNorm is its mean over the steps of this epoch, but for those
	// where it is not finite; NaN without Hooks.Norms.
	Norm, MeanNorm float64
}

// Position returns how far a run is that has not begun, or was resumed: what Progress tells of steps
// that are done. Fields that only a step in this process has are zero, or NaN if they are norms.
func (t *Trainer) Position() Progress {
	p := Progress{Epoch: t.pos.Epoch + 1, Step: t.pos.Batch, Done: t.pos.Step, Norm: math.NaN(), MeanNorm: t.pos.Norms.mean()}
	if t.pos.Batch > 0 {
		p.Loss = t.pos.Sum.mean()[0]
	}
	return p
}

// progress returns the progress after a step.
func (t *Trainer) progress(s taken, epochs, steps int, perSecond float64) Progress {
	return Progress{Epoch: t.pos.Epoch + 1, Epochs: epochs, Step: t.pos.Batch, Steps: steps, Loss: t.pos.Sum.mean()[0],
		Done: t.pos.Step, BatchLoss: s.loss, Rate: s.rate, PerSecond: perSecond, Norm: s.norm, MeanNorm: t.pos.Norms.mean()}
}

// position is the position of a run as a checkpoint holds it.
type position struct {
	Epoch   int     `json:"epoch"`             // epochs done
	Batch   int     `json:"batch"`             // steps done in the present epoch
	Step    uint64  `json:"step"`              // steps done in all
	Before  uint64  `json:"before,omitempty"`  // steps that another program had done before; see Adopt
	Adopted bool    `json:"adopted,omitempty"` // the run began with the weights of another program, which no file or seed gives
	Sum     sums    `json:"sum"`               // over the steps done in the present epoch
	Seconds float64 `json:"seconds"`           // spent on them

	Norms *norms `json:"gradient_norms,omitempty"` // of them; nil if nobody asked
}

// norms adds up the norms of the gradients of steps.
type norms struct {
	Sum   float64 `json:"sum"`
	Steps int     `json:"steps"`
}

// add counts a norm. JSON, and so a checkpoint, has no text for one that is not finite.
func (n *norms) add(norm float64) {
	if !math.IsNaN(norm) && !math.IsInf(norm, 0) {
		n.Sum += norm
		n.Steps++
	}
}

func (n *norms) mean() float64 {
	if n == nil || n.Steps == 0 {
		return math.NaN()
	}
	return n.Sum / float64(n.Steps)
}
