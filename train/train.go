// Package train fits models to data. Compile joins a model with a loss and an optimizer. Fit trains
// it. Checkpoints let a run stop at any step and go on as if it had not stopped. Evaluate computes
// the loss of a model without a trainer.
//
// Everything random follows from Config.Seed: the order of the examples from the seed and the
// epoch, the noise of layers from the seed, the step and the layer. Two runs with the same model,
// data and settings end with the same bits.
package train

import (
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Config holds the settings of a run. The zero value is useful. A run is only resumed with the
// settings it began with. The tag of a field is the name of the setting in a checkpoint.
type Config struct {
	Batch    int      `setting:"batch"`       // examples per step; 0: 256
	InOrder  bool     `setting:"not shuffle"` // do not shuffle the examples
	Seed     uint64   `setting:"seed"`        // of shuffling and noise; Model.Init has a seed of its own
	Schedule Schedule `setting:"schedule"`    // of the learning rate; nil: Constant
	Clip     float32  `setting:"clip"`        // the largest norm of all gradients together; 0: no bound
	Patience int      `setting:"patience"`    // stop after so many epochs without a lower val_loss; 0: never

	// Shards is the number of parts into which each batch is cut, neighbours together: 0 and 1 do not cut it.
	// Each part is computed by itself, and batch norm takes its statistics. The gradients are added in an
	// order that depends on the number of parts alone. So workers, see Trainer.Join, can share the parts, and
	// their number changes no bit. A last batch that is too small is cut into fewer parts. It takes longer if a
	// layer or the loss writes stock operations, see op.Tape.Try: then equal parts do not run as groups of one
	// graph.
	Shards int `setting:"shards"`
}

const defaultBatch = 256

// complete fills in defaults and refuses settings that make no sense.
func (c *Config) complete() error {
	if c.Batch == 0 {
		c.Batch = defaultBatch
	}
	if c.Schedule == nil {
		c.Schedule = Constant{}
	}
	if c.Shards == 0 {
		c.Shards = 1
	}
	switch {
	case c.Shards < 0 || c.Batch >= 0 && c.Shards > c.Batch:
		return errors.Errorf("want 1 to %d shards for a batch of %d examples, or 0 for 1, got %d", c.Batch, c.Batch, c.Shards)
	case c.Batch < 0:
		return errors.Errorf("want a batch of at least 1 example, got %d", c.Batch)
	case !(c.Clip >= 0 && c.Clip <= math.MaxFloat32):
		return errors.Errorf("want a clip above 0, or 0 for none, got %v", c.Clip)
	case c.Patience < 0:
		return errors.Errorf("want a patience of at least 1 epoch, or 0 for none, got %d", c.Patience)
	}
	return c.Schedule.Check()
}

// Trainer is a run: a model that is being trained, the state of the optimizer, the position in the
// training and the history. Only one goroutine may use it. While Fit runs, other goroutines may call
// Predict of the model, of its encoder, and of all other models within: a batch is computed with the
// weights between two steps. Everything else that reads weights, such as writing a file, belongs into
// Hooks or after Fit.
type Trainer struct {
	model *graph.Model
	loss  Loss
	opt   Optimizer
	cfg   Config

	slots      [][][]float32 // state of the optimizer: by trained weight, then by Optimizer.Slots
	pos        position
	history    History
	settings   map[string]string // of the last Fit, or of the checkpoint that was resumed; nil before
	initial    string            // hash of the weights that the run began with; "" before
	training   programs
	statistics statistics
	validation *evaluator
	team       team
	adder      adder
}

// Compile prepares a run. The model's weights must have values, by Init or from a file; training
// changes them in place. A binary cross-entropy needs a model that ends in Sigmoid.
func Compile(m *graph.Model, loss Loss, opt Optimizer, cfg Config) (*Trainer, error) {
	if err := m.Ready(); err != nil {
		return nil, err
	}
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	if opt == nil {
		return nil, errors.New("want an optimizer, got none: use NewAdam(rate) or one of your own")
	}
	if err := opt.Check(); err != nil {
		return nil, err
	}
	if err := checkLoss(loss); err != nil {
		return nil, err
	}
	t := &Trainer{model: m, loss: loss, opt: opt, cfg: cfg, team: team{alone{}}}
	t.training = programs{model: m, loss: loss, mode: graph.Train, seed: cfg.Seed, step: &t.pos.Step, compiled: map[size]*program{}}
	t.validation = newEvaluator(m, loss, cfg.Batch)
	for _, w := range m.Weights() {
		if w.Kept {
			continue
		}
		t.training.weights = append(t.training.weights, w)
		slots := make([][]float32, len(opt.Slots()))
		for i := range slots {
			slots[i] = make([]float32, len(w.Data))
		}
		t.slots = append(t.slots, slots)
	}
	if len(t.slots) == 0 {
		return nil, errors.Errorf("want a model with weights to train, got none in model %q", m.Name())
	}
	t.setTarget(m.In().Size() != m.Out().Size()) // if the sizes differ, the input cannot be the target
	one, err := t.training.compile(whole(1))
	if err != nil { // a model that cannot be trained is refused here
		return nil, err
	}
	t.statistics = statistics{model: m, batch: cfg.Batch, parts: cfg.Shards, seed: cfg.Seed, norms: one.norms}
	t.validation.terms = t.training.terms
	t.history.Terms = t.training.terms
	return t, nil
}

// setTarget sets whether the data have targets of their own. Graphs that are compiled later read
// them from memory of their own.
func (t *Trainer) setTarget(hasTarget bool) {
	t.training.hasTarget, t.validation.hasTarget = hasTarget, hasTarget
}

// Model is the model that is being trained.
func (t *Trainer) Model() *graph.Model { return t.model }

// Loss is the loss that the model is trained on.
func (t *Trainer) Loss() Loss { return t.loss }

// History is the history of the epochs that are done.
func (t *Trainer) History() History { return t.history }
