// Package train fits models to data: Compile joins a model with a loss and an optimizer, Fit runs the loop on a
// TapeMachine, and checkpoints let a run stop anywhere and go on as if it had not. The programs below examples show it.
//
// Everything random follows from Config.Seed: the order of the examples from seed and epoch, noise in layers from seed,
// step and layer. Two runs with the same model, data and settings end with the same bits.
package train

import (
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Config holds the settings of a run. The zero value is useful.
type Config struct {
	Batch    int      // examples a step; 0: 256
	InOrder  bool     // take the examples in the order of the data set instead of shuffling them each epoch
	Seed     uint64   // of shuffles and noise; initial weights have Model.Init's
	Schedule Schedule // of the learning rate; nil: Constant
	Clip     float32  // bound on the norm of all gradients together; 0: none
	Patience int      // end after so many epochs without a new lowest validation loss; 0: never
	Start    string   // where the initial weights came from, in words: a run is resumed only with the same
}

func (c *Config) complete() error {
	if c.Batch == 0 {
		c.Batch = 256
	}
	if c.Schedule == nil {
		c.Schedule = Constant{}
	}
	if s, ok := c.Schedule.(Cosine); ok && s.Warmup < 0 {
		return errors.Errorf("a cosine schedule with a warm-up of %d steps, want 0 or more", s.Warmup)
	}
	if s, ok := c.Schedule.(Step); ok {
		if err := s.check(); err != nil {
			return err
		}
	}
	switch {
	case c.Batch < 0:
		return errors.Errorf("batch %d, want at least 1", c.Batch)
	case !(c.Clip >= 0 && c.Clip <= math.MaxFloat32):
		return errors.Errorf("clip %v, want a number above 0, or 0 for none", c.Clip)
	case c.Patience < 0:
		return errors.Errorf("patience %d, want at least 1, or 0 for none", c.Patience)
	}
	return nil
}

// Trainer is a run: a model being trained, with the optimizer's state, the position and the history. It is used by one
// goroutine.
type Trainer struct {
	model *graph.Model
	loss  Loss
	opt   Optimizer
	cfg   Config

	weights   []*graph.Weight // those that are trained
	moments   [][][]float32   // of each of them, as Optimizer.Slots names them
	pos       position
	history   History
	settings  map[string]string // on which the numbers depend: of the last Fit or of the checkpoint resumed
	hasTarget bool              // does the data give targets of its own

	programs  map[programKey]*program
	evaluated uint64 // batches in the present evaluation
}

// Compile prepares a run. The model's weights must have values, by Init or from a file; training changes them in
// place. A binary cross-entropy wants a model that ends in Sigmoid, and trains on the logits beneath it.
func Compile(m *graph.Model, loss Loss, opt Optimizer, cfg Config) (*Trainer, error) {
	if err := m.Ready(); err != nil {
		return nil, err
	}
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	if opt == nil {
		return nil, errors.New("there is no optimizer: want NewAdam(rate) or one of your own")
	}
	if err := opt.Check(); err != nil {
		return nil, err
	}
	if loss.op == nil {
		return nil, errors.New("there is no loss: want MSE(), MAE(), Huber() or BinaryCrossEntropy()")
	}
	t := &Trainer{model: m, loss: loss, opt: opt, cfg: cfg, programs: map[programKey]*program{}}
	t.hasTarget = m.In().Size() != m.Out().Size() // where the input can be the target, the trial below takes it for that
	for _, w := range m.Weights() {
		if w.Kept {
			continue
		}
		t.weights = append(t.weights, w)
		slots := make([][]float32, len(opt.Slots()))
		for i := range slots {
			slots[i] = make([]float32, len(w.Data))
		}
		t.moments = append(t.moments, slots)
	}
	if len(t.weights) == 0 {
		return nil, errors.Errorf("model %q has no weights to train", m.Name())
	}
	trial, err := t.build(1, graph.Train) // so that a model that cannot be trained is refused here
	if err != nil {
		return nil, err
	}
	t.history.Terms = trial.terms
	return t, nil
}

// Model is the model being trained.
func (t *Trainer) Model() *graph.Model { return t.model }

// Loss is the loss that is trained on.
func (t *Trainer) Loss() Loss { return t.loss }

// History is what the epochs so far gave.
func (t *Trainer) History() History { return t.history }
