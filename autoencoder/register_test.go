package autoencoder_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// toy is an architecture from outside of the package: dense layers with one more before the encoder, and
// options of its own.
type toy struct {
	autoencoder.Dense
	Before int  `json:"before" flag:"before" help:"width of a layer before the encoder"`
	Biased bool `json:"biased"`
}

func newToy() *toy {
	return &toy{Before: 7, Dense: autoencoder.Dense{Hidden: []int{5}, Latent: 2,
		Nonlinearity: autoencoder.Nonlinearity{Activation: autoencoder.ReLU, Output: autoencoder.Linear, Slope: 0.3}}}
}

func (c *toy) Build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if c.Before < 1 {
		return nil, &autoencoder.FieldError{Field: "before", Want: "at least 1", Got: c.Before}
	}
	encoder, err := c.Encoder(image, autoencoder.Linear)
	if err != nil {
		return nil, err
	}
	decoder, err := c.Decoder(image)
	if err != nil {
		return nil, err
	}
	return autoencoder.Join(encoder, decoder, func(x *graph.Node) *graph.Node {
		return graph.Dense("back", graph.Dense("before", x, c.Before), image.Size())
	})
}

func toyArchitecture() autoencoder.Architecture {
	return autoencoder.Architecture{
		Name: "toy", About: "a toy",
		New:      func() autoencoder.Config { return newToy() },
		Training: autoencoder.Training{Loss: train.MSE(), Optimizer: train.NewAdam(0.1), Schedule: train.Constant{}, Epochs: 1, Batch: 2},
		Trial:    graph.Shape{1, 8, 8},
	}
}

func init() { autoencoder.Register(toyArchitecture()) }

func field(t *testing.T, c autoencoder.Config, name string) autoencoder.Field {
	t.Helper()
	for _, f := range autoencoder.Fields(c) {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("%T has no field %s", c, name)
	return autoencoder.Field{}
}

// An architecture from outside is found with its own flag, and builds what its flag says.
func TestRegister(t *testing.T) {
	a, err := autoencoder.Find("toy")
	if err != nil {
		t.Fatal(err)
	}
	config := a.New()
	f := field(t, config, "before")
	if f.Flag != "before" || f.Help != "width of a layer before the encoder" || f.Type() != "int" || f.String() != "7" {
		t.Errorf("the field is %+v, %s, %s", f, f, f.Type())
	}
	if err := f.Set("3"); err != nil {
		t.Fatal(err)
	}
	ae, err := config.Build(a.Trial)
	if err != nil {
		t.Fatal(err)
	}
	if s := ae.Model.Nodes()[1].Shape(); !s.Equal(graph.Shape{3}) {
		t.Errorf("the first layer has shape %v, want (3)", s)
	}
	if field(t, config, "biased").Flag != "" {
		t.Error("a field without the tag has a flag")
	}
	for flag, want := range map[string]string{"hidden": "", "before": "", "kl": "it belongs to vae", "nosuch": "no model has it"} {
		if got := a.Lacks(flag); got != want {
			t.Errorf("it lacks %s because %q, want %q", flag, got, want)
		}
	}
	conv, err := autoencoder.Find("conv")
	if err != nil {
		t.Fatal(err)
	}
	if got := conv.Lacks("hidden"); got != "the widths of its layers are fixed" {
		t.Errorf("conv lacks hidden because %q", got)
	}
}

type sameFlag struct {
	Latent string `json:"latent" flag:"latent"`
}

type noTag struct{ Width int }

type noText struct {
	Width complex64 `json:"width"`
}

func (*sameFlag) Build(graph.Shape) (*autoencoder.Autoencoder, error) { return nil, nil }
func (*noTag) Build(graph.Shape) (*autoencoder.Autoencoder, error)    { return nil, nil }
func (*noText) Build(graph.Shape) (*autoencoder.Autoencoder, error)   { return nil, nil }

// Errors of the programmer are found when the architecture is registered.
func TestRegisterRefuses(t *testing.T) {
	for _, c := range []struct {
		change func(*autoencoder.Architecture)
		want   string
	}{
		{func(a *autoencoder.Architecture) { a.Name = "deep" }, `"deep" needs a name of its own`},
		{func(a *autoencoder.Architecture) { a.Name = "" }, "needs a name of its own"},
		{func(a *autoencoder.Architecture) { a.New = nil }, "New"},
		{func(a *autoencoder.Architecture) { a.Trial = nil }, "Trial"},
		{func(a *autoencoder.Architecture) { a.Training.Epochs = 0 }, "Training"},
		{func(a *autoencoder.Architecture) { a.New = func() autoencoder.Config { return &sameFlag{} } }, `flag "latent" of toy2 has type string, that of tutorial has int`},
		{func(a *autoencoder.Architecture) { a.New = func() autoencoder.Config { return &noTag{} } }, "Width of autoencoder_test.noTag needs a json tag"},
		{func(a *autoencoder.Architecture) { a.New = func() autoencoder.Config { return &noText{} } }, "has type complex64"},
	} {
		a := toyArchitecture()
		a.Name = "toy2"
		c.change(&a)
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, c.want) {
					t.Errorf("Register panics with %q, want %q", text, c.want)
				}
			}()
			autoencoder.Register(a)
		}()
	}
}

// A configuration comes back from its JSON; what the JSON leaves out has its default; what is no field is
// refused.
func TestConfigJSON(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		changed := a.New()
		for _, f := range autoencoder.Fields(changed) {
			text := map[string]string{"intSlice": "9,8,7", "int": "3", "float32": "0.125", "string": "tanh", "bool": "true"}[f.Type()]
			if err := f.Set(text); err != nil || f.String() != text {
				t.Errorf("%s: %s set to %q is %q (%v)", a.Name, f.Name, text, f, err)
			}
		}
		text, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]any{}
		if err := json.Unmarshal(text, &names); err != nil {
			t.Fatal(err)
		}
		if n := len(autoencoder.Fields(changed)); len(names) != n {
			t.Errorf("%s: the JSON has %d names, want %d: %s", a.Name, len(names), n, text)
		}
		back, err := a.Decode(text)
		if err != nil || !reflect.DeepEqual(back, changed) {
			t.Errorf("%s: %s became %+v (%v)", a.Name, text, back, err)
		}
		if c, err := a.Decode([]byte("{}")); err != nil || !reflect.DeepEqual(c, a.New()) {
			t.Errorf("%s: no settings became %+v (%v)", a.Name, c, err)
		}
		for _, bad := range []string{`{"nosuch": 1}`, `{"activation": "swish"}`, `{"slope": "0.3"}`, `{} {}`, `{`, ``, `[]`} {
			if _, err := a.Decode([]byte(bad)); err == nil || !strings.HasPrefix(err.Error(), "configuration of "+a.Name+": ") {
				t.Errorf("%s: %s gives the error %v", a.Name, bad, err)
			}
		}
	}
}

// Every field refuses a text that is no value of its type, and stays as it was.
func TestFieldsRefuse(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		for _, f := range autoencoder.Fields(a.New()) {
			before := f.String()
			for _, text := range []string{"", "a,b", "1;2"} {
				err := f.Set(text)
				if err == nil || !strings.Contains(err.Error(), "want ") || !strings.Contains(err.Error(), `got "`+text+`"`) {
					t.Errorf("%s: %s set to %q gives the error %v", a.Name, f.Name, text, err)
				}
			}
			if f.String() != before {
				t.Errorf("%s: %s became %q, want %q", a.Name, f.Name, f, before)
			}
		}
	}
}

func TestHelpOfChoices(t *testing.T) {
	want := "of the hidden layers: elu, gelu, leakyrelu, linear, relu, sigmoid, silu, softplus, tanh"
	if f := field(t, autoencoder.NewConv(), "activation"); f.Help != want {
		t.Errorf("the help is %q, want %q", f.Help, want)
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
		{func(t *autoencoder.Training) { t.Optimizer = train.NewAdam(0) }, "learning rate 0"},
	} {
		training := toyArchitecture().Training
		c.change(&training)
		if err := training.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, want one with %q", err, c.want)
		}
	}
}
