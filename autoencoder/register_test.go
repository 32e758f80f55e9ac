package autoencoder_test

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// toy is an architecture from outside of the package: dense layers with one more before the
// encoder, and options of its own.
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
	encoder := c.Encoder(image, c.Latent, func(y *graph.Node) *graph.Node { return y })
	return autoencoder.Join(encoder, c.Decoder(image), func(x *graph.Node) *graph.Node {
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
		{func(a *autoencoder.Architecture) { a.Trial = graph.Shape{0} }, "architecture toy2 with its defaults: "},
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
