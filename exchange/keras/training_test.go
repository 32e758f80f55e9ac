package keras

import (
	"encoding/json"
	"strings"
	"testing"
)

// optimizerOf reads an optimizer with its settings.
func optimizerOf(class, settings string) *training {
	return readTraining(json.RawMessage(`{"loss": "mse", "optimizer": {"class_name": "` + class + `", "config": {` + settings + `}}}`))
}

// Keras's momentum of SGD has the learning rate in it. Under a schedule the file does not hold that of the last
// step, so that the velocity is not known: it is dropped, and that is said.
func TestMomentumUnderASchedule(t *testing.T) {
	const schedule = `"learning_rate": {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5}}`
	for _, c := range []struct {
		class, settings string
		rate            float32 // in the file's state
		want            bool
	}{
		{"SGD", schedule + `, "momentum": 0.9`, 0, true},
		{"SGD", schedule + `, "momentum": 0.9`, 0.01, false},
		{"SGD", schedule, 0, false},
		{"SGD", `"learning_rate": 0.1, "momentum": 0.9`, 0, false},
		{"Adam", schedule, 0, false},
	} {
		if got := optimizerOf(c.class, c.settings).unknownVelocity(&state{steps: 3, rate: c.rate}); got != c.want {
			t.Errorf("%s with %s, at the rate %v: the velocity is unknown: %v", c.class, c.settings, c.rate, got)
		}
	}

	f, err := open("testdata/convolutional.keras", "") // whose state has no rate, for its schedule
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	f.compile = json.RawMessage(`{"loss": "mse", "optimizer": {"class_name": "SGD", "config": {` + schedule + `, "momentum": 0.9}}}`)
	done, notes, err := f.training(nil)
	if err != nil || done.Slots != nil || !strings.Contains(strings.Join(notes, "; "), "the momentum of SGD is not taken over") {
		t.Errorf("the state is %v (%v), with the notes %q", done, err, notes)
	}
}

// No setting of an optimizer is dropped without a word, but for those that change nothing.
func TestSettingsOfOptimizers(t *testing.T) {
	for _, c := range []struct{ class, settings, want string }{
		{"Adam", `"name": "adam", "learning_rate": 0.01, "decay": 0.0, "amsgrad": false, "loss_scale_factor": 128, "ema_momentum": 0.99, "weight_decay": null, "exclude_from_weight_decay": []`, ""},
		{"Adam", `"learning_rate": 0.01, "decay": 1e-4`, "the decay of the learning rate is not taken over"},
		{"SGD", `"learning_rate": 0.01, "weight_decay": 0.004`, "the optimizer's setting weight_decay=0.004 is not taken over"},
		{"AdamW", `"learning_rate": 0.01, "exclude_from_weight_decay": ["bias"]`, `the optimizer's setting exclude_from_weight_decay=["bias"] is not taken over`},
		{"Adam", `"learning_rate": 0.01, "clipnorm": "much"`, `the settings of the optimizer Adam are not taken over: training goes on with Adam, without a state: clipnorm: want a number, got "much"`},
		{"Adam", `"learning_rate": "fast"`, `the learning rate "fast" is not taken over: it is 0.001`},
		{"Adam", ``, ""},
	} {
		notes := strings.Join(optimizerOf(c.class, c.settings).notes, "; ")
		if !strings.Contains(notes, c.want) || (notes == "") != (c.want == "") {
			t.Errorf("%s with %s: the notes are %q, want %q", c.class, c.settings, notes, c.want)
		}
	}
	if o := optimizerOf("SGD", `"learning_rate": 0.01, "momentum": 0.9, "decay": 1e-4`); !o.unknownVelocity(&state{steps: 3}) {
		t.Error("the velocity is known under a decay of the rate")
	}
}

// The weight of the only loss changes the steps of SGD.
func TestLossWeights(t *testing.T) {
	for weights, want := range map[string]string{"null": "", "1.0": "", "[1.0]": "", "[0.5]": "loss_weights=[0.5], is not taken over", "2": "loss_weights=2, is not"} {
		notes := strings.Join(readTraining(json.RawMessage(`{"loss": "mse", "optimizer": "sgd", "loss_weights": `+weights+`}`)).notes, "; ")
		if !strings.Contains(notes, want) || (notes == "") != (want == "") {
			t.Errorf("loss_weights %s: the notes are %q, want %q", weights, notes, want)
		}
	}
}
