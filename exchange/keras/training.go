package keras

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/train"
)

// Defaults of Keras's compile and fit.
const (
	defaultBatch = 32
	defaultRate  = 0.001
)

// compiled is what a file says of training: what Model.compile was given.
type compiled struct {
	Optimizer  json.RawMessage `json:"optimizer"`
	Optimizer2 json.RawMessage `json:"optimizer_config"` // Keras 2
	Loss       json.RawMessage `json:"loss"`
	Weights    json.RawMessage `json:"loss_weights"`
}

// training is how the model was trained, as far as it can be taken over.
type training struct {
	autoencoder.Training
	known bool // the file says it
	clip  float32
	kinds int  // arrays that the optimizer keeps for a variable; -1: its state is not taken over
	moves bool // the learning rate changes with the steps in Keras
	notes []string
}

// readTraining reads what a file says of training. Without any, it is Keras's Adam on the squared error.
func readTraining(text json.RawMessage) *training {
	t := &training{kinds: -1, Training: autoencoder.Training{Loss: train.MSE(), Optimizer: train.NewAdam(defaultRate), Schedule: train.Constant{}, Epochs: 20, Batch: defaultBatch}}
	var c compiled
	if len(text) == 0 || json.Unmarshal(text, &c) != nil {
		return t
	}
	if c.Optimizer == nil {
		c.Optimizer = c.Optimizer2
	}
	if c.Optimizer != nil && string(c.Optimizer) != "null" {
		t.known = true
		t.optimizer(c.Optimizer)
	}
	if c.Loss != nil && string(c.Loss) != "null" {
		t.loss(c.Loss)
	}
	if w := strings.Trim(string(c.Weights), "[] \n"); !slices.Contains([]string{"", "null", "1", "1.0"}, w) {
		t.note(fmt.Sprintf("the weight of the loss, loss_weights=%.60s, is not taken over: it is 1", c.Weights))
	}
	return t
}

// guess finds out by its name which optimizer a state belongs to, if the configuration does not say. Keras
// leaves it out of an archive if the model was saved as .h5 before, and of Model.to_json.
func (t *training) guess(s *state) {
	if t.known || s.steps == 0 {
		return
	}
	if name, _, _ := strings.Cut(s.name, "_"); name == "adam" {
		t.kinds = 2
		t.note("the file names the optimizer, Adam, and not its settings: those of Keras are taken")
		return
	}
	t.note("the optimizer's state is not taken over: the file does not say which optimizer it is of")
}

func (t *training) note(text string) { t.notes = append(t.notes, text) }

// optimizer reads an optimizer. What it cannot take over becomes a note.
func (t *training) optimizer(text json.RawMessage) {
	var o object
	var name string
	if json.Unmarshal(text, &name) == nil {
		o.Class = name
	} else if json.Unmarshal(text, &o) != nil {
		return
	}
	if i := strings.LastIndex(o.Class, ">"); i >= 0 { // "Custom>Adam", as some versions wrote
		o.Class = o.Class[i+1:]
	}
	s, err := readSettings(o.Config)
	if err != nil {
		s = &settings{read: map[string]bool{}}
	}
	rate := t.rate(s)
	switch o.Class {
	case "Adam", "AdamW", "adam", "adamw":
		t.adam(s, rate)
	case "SGD", "sgd":
		sgd := train.SGD{LearningRate: rate, Momentum: s.number("momentum", 0)}
		sgd.Nesterov = value(s, "nesterov", false) && sgd.Momentum > 0
		t.Optimizer, t.kinds = sgd, 1
		if sgd.Momentum == 0 {
			t.kinds = 0
		}
	default:
		t.note("the optimizer " + o.Class + " is not taken over: training goes on with Adam, without a state")
		t.Optimizer = train.NewAdam(rate)
		return
	}
	t.limits(s)
	t.decay(s)
	if err := cmp.Or(s.err, t.Optimizer.Check()); err != nil {
		t.note("the settings of the optimizer " + o.Class + " are not taken over: training goes on with Adam, without a state: " + err.Error())
		t.Optimizer, t.kinds, t.clip = train.NewAdam(defaultRate), -1, 0
		return
	}
	t.dropped(s)
}

// decay reads by how much the rate falls with each step, which optimizers of Keras before 2.11 can be told.
func (t *training) decay(s *settings) {
	if s.number("decay", 0) != 0 {
		t.moves = true
		t.note("the decay of the learning rate is not taken over: --lr and --schedule set the rate, which is its first one")
	}
}

// harmless are settings that do not change what a step computes in float32, or matter only beside one that is
// noted. loss_scale_factor multiplies the loss and divides the gradients.
var harmless = []string{"name", "jit_compile", "is_legacy_optimizer", "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor"}

// dropped notes the settings that nothing has read, if they say anything.
func (t *training) dropped(s *settings) {
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		text := string(s.values[name])
		var number float64
		off := text == "null" || text == "false" || text == "[]" || json.Unmarshal(s.values[name], &number) == nil && number == 0
		if !off && !s.read[name] && !slices.Contains(harmless, name) {
			t.note(fmt.Sprintf("the optimizer's setting %.60s=%.60s is not taken over", name, text))
		}
	}
}

// rate reads the learning rate. A schedule is not taken over, its first rate is.
func (t *training) rate(s *settings) float32 {
	var rate float64
	text := s.values["learning_rate"]
	if text == nil {
		text = s.values["lr"]
	}
	s.read["learning_rate"], s.read["lr"] = true, true
	var o object
	var c struct {
		First float64 `json:"initial_learning_rate"`
	}
	switch {
	case json.Unmarshal(text, &rate) == nil:
	case json.Unmarshal(text, &o) == nil && o.Class != "":
		if rate = defaultRate; json.Unmarshal(o.Config, &c) == nil && c.First > 0 {
			rate = c.First
		}
		t.moves = true
		t.note("the schedule " + o.Class + " of the learning rate is not taken over: --lr and --schedule set the rate, which is its first one")
	case text == nil:
		rate = defaultRate
	}
	if !(rate > 0 && rate < 1e6) {
		rate = defaultRate
		t.note(fmt.Sprintf("the learning rate %.60s is not taken over: it is %v; --lr sets another", text, rate))
	}
	return float32(rate)
}

func (t *training) adam(s *settings, rate float32) {
	a := train.NewAdam(rate)
	a.Beta1, a.Beta2 = value(s, "beta_1", a.Beta1), value(s, "beta_2", a.Beta2)
	a.Epsilon = s.number("epsilon", float64(a.Epsilon))
	if decay := s.number("weight_decay", 0); decay > 0 {
		a.Decay = decay
		t.note("the weight decay is for kernels alone here; Keras's is for biases and norms too")
	}
	t.Optimizer, t.kinds = a, 2
	if value(s, "amsgrad", false) {
		t.note("amsgrad is not taken over: training goes on with Adam, without a state")
		t.kinds = -1
	}
}

// limits reads what all optimizers can do with gradients and weights.
func (t *training) limits(s *settings) {
	t.clip = s.number("global_clipnorm", 0)
	for _, name := range []string{"clipnorm", "clipvalue"} {
		if s.number(name, 0) != 0 {
			t.note(name + " is not taken over: --clip bounds the norm of all gradients together")
		}
	}
	if value(s, "use_ema", false) {
		t.note("the moving average of the weights (use_ema) is not taken over")
	}
	if value(s, "gradient_accumulation_steps", 0) > 1 {
		t.note("the accumulation of gradients is not taken over: take a larger --batch")
	}
	if t.clip < 0 {
		t.clip = 0
	}
}

// losses are Keras's losses that this program has, by the names of their functions and classes.
var losses = map[string]train.Loss{
	"mse": train.MSE(), "MSE": train.MSE(), "mean_squared_error": train.MSE(), "MeanSquaredError": train.MSE(),
	"mae": train.MAE(), "MAE": train.MAE(), "mean_absolute_error": train.MAE(), "MeanAbsoluteError": train.MAE(),
	"huber": train.Huber(), "huber_loss": train.Huber(), "Huber": train.Huber(),
	"binary_crossentropy": train.BinaryCrossEntropy(), "BinaryCrossentropy": train.BinaryCrossEntropy(), "bce": train.BinaryCrossEntropy(), "BCE": train.BinaryCrossEntropy(),
}

// loss reads a loss: a name, a function, or an object with settings.
func (t *training) loss(text json.RawMessage) {
	var name string
	var o object
	var one []json.RawMessage
	if json.Unmarshal(text, &one) == nil && len(one) == 1 { // one for each output
		text = one[0]
	}
	whole := true
	if json.Unmarshal(text, &name) != nil && json.Unmarshal(text, &o) == nil && o.own() {
		if name = o.Class; name == "function" {
			json.Unmarshal(o.Config, &name)
		} else if s, err := readSettings(o.Config); err == nil {
			reduction := value(s, "reduction", "sum_over_batch_size")
			whole = (reduction == "sum_over_batch_size" || reduction == "auto" || reduction == "mean") && !value(s, "from_logits", false) &&
				s.number("label_smoothing", 0) == 0 && s.number("delta", 1) == 1 && s.err == nil
		}
	}
	if l := losses[name]; l != nil && whole {
		t.Loss = l
		return
	}
	if len(text) > 80 {
		text = append(text[:80:80], "..."...)
	}
	t.note("the loss " + string(text) + " is not taken over: training goes on with the squared error; --loss chooses another")
}
