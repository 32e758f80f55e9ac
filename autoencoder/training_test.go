package autoencoder_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// coloured is four random images of three channels, height 8 and width 16.
type coloured struct{}

func (coloured) Len() int            { return 4 }
func (coloured) Shape() (x, y []int) { return []int{3, 8, 16}, nil }

func (coloured) Example(_, i int, x, _ []float32) error {
	for k := range x {
		x[k] = float32((i*31+k*17)%97) / 96
	}
	return nil
}

// Every architecture is trained on images of three channels as its training says, and makes such
// images.
func TestColour(t *testing.T) {
	image := graph.Shape{3, 8, 16}
	for _, a := range autoencoder.Architectures() {
		config := a.New()
		if a.Lacks("hidden") == "" {
			if err := field(t, config, "hidden").Set("6"); err != nil {
				t.Fatal(err)
			}
		}
		ae, err := config.Build(image)
		if err != nil {
			t.Fatal(err)
		}
		if err := ae.Model.Init(1); err != nil {
			t.Fatal(err)
		}
		s := a.Training
		trainer, err := train.Compile(ae.Model, s.Loss, s.Optimizer, train.Config{Batch: 3, Schedule: s.Schedule})
		if err != nil {
			t.Fatal(err)
		}
		h, err := trainer.Fit(t.Context(), coloured{}, coloured{}, 2, train.Hooks{})
		if err != nil || !(h.Epochs[1].ValLoss > 0 && h.Epochs[1].ValLoss < 1e4) {
			t.Errorf("%s: %+v (%v)", a.Name, h, err)
		}
		x := make([]float32, 2*image.Size())
		code, err := ae.Encoder.Predict(t.Context(), x)
		if err != nil || len(code) != 2*ae.Decoder.In().Size() {
			t.Fatalf("%s: %d numbers of codes (%v)", a.Name, len(code), err)
		}
		y, err := ae.Decoder.Predict(t.Context(), code)
		if err != nil || len(y) != len(x) {
			t.Errorf("%s: %d numbers of images (%v)", a.Name, len(y), err)
		}
	}
}

// A loss that needs a Sigmoid changes the output, other losses leave it.
func TestMatchOutput(t *testing.T) {
	for loss, want := range map[string]autoencoder.Activation{"mse": "leakyrelu", "bce:sum": "sigmoid"} {
		l, err := train.ParseLoss(loss)
		if err != nil {
			t.Fatal(err)
		}
		c := autoencoder.NewTutorial()
		autoencoder.MatchOutput(c, l)
		if c.Output != want {
			t.Errorf("with %s the output has %q, want %q", loss, c.Output, want)
		}
		autoencoder.MatchOutput(&noTag{}, l) // has no output to change
	}
}

// Every setting of a training is set from text and comes back from JSON.
func TestTraining(t *testing.T) {
	training := toyArchitecture().Training
	texts := map[string]string{"loss": "huber:sum", "optimizer": "sgd:momentum=0.5,nesterov", "lr": "0.25", "schedule": "step:every=2,by=0.5",
		"epochs": "3", "batch": "9", "augment": "shift=2", "binarize": "threshold"}
	for _, f := range training.Fields() {
		if err := f.Set(texts[f.Name]); err != nil || f.String() != texts[f.Name] {
			t.Errorf("%s set to %q is %q (%v)", f.Name, texts[f.Name], f, err)
		}
		before := f.String()
		if err := f.Set("no"); err == nil || f.String() != before {
			t.Errorf("%s set to nonsense is %q (%v)", f.Name, f, err)
		}
		delete(texts, f.Name)
	}
	if len(texts) > 0 {
		t.Errorf("there are no fields for %v", texts)
	}
	how := images.Augmentation{Shift: 2, Binarize: images.Threshold}
	if o := (train.SGD{LearningRate: 0.25, Momentum: 0.5, Nesterov: true}); training.Optimizer != train.Optimizer(o) || training.Augmentation != how {
		t.Errorf("the training is %+v", training)
	}
	text, err := json.Marshal(training)
	if err != nil {
		t.Fatal(err)
	}
	back := toyArchitecture().Training
	if err := json.Unmarshal(text, &back); err != nil || back.Loss.String() != "huber:sum" || back.Optimizer != training.Optimizer ||
		back.Schedule != training.Schedule || back.Augmentation != how || back.Epochs != 3 || back.Batch != 9 {
		t.Errorf("%s became %+v (%v)", text, back, err)
	}
	for bad, want := range map[string]string{`{"nosuch": "1"}`: `"nosuch"`, `{"epochs": true}`: `epochs: want a whole number, got "true"`,
		`{"loss": 3}`: "loss: json: cannot unmarshal number"} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives the error %v, want one with %q", bad, err, want)
		}
	}
}

func TestTrainingRefuses(t *testing.T) {
	for _, c := range []struct {
		change func(*autoencoder.Training)
		want   string
	}{
		{func(t *autoencoder.Training) { t.Epochs = 0 }, "epochs: want at least 1, got 0"},
		{func(t *autoencoder.Training) { t.Batch = -1 }, "batch: want at least 1, got -1"},
		{func(t *autoencoder.Training) { t.Loss = nil }, "loss: want one of package train, got none"},
		{func(t *autoencoder.Training) { t.Schedule = train.Cosine{Warmup: -1} }, "-1"},
		{func(t *autoencoder.Training) { t.Optimizer = nil }, "optimizer: want one of package train, got none"},
		{func(t *autoencoder.Training) { t.Schedule = nil }, "schedule: want one of package train, got none"},
		{func(t *autoencoder.Training) { t.Optimizer = train.NewAdam(0) }, "want a learning rate above 0, got 0"},
	} {
		training := toyArchitecture().Training
		c.change(&training)
		if err := training.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
}
