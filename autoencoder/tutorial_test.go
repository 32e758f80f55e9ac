package autoencoder_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// build builds the tutorial's autoencoder for vectors of n numbers. change, if any, changes its
// settings.
func build(t *testing.T, n int, change func(*autoencoder.Tutorial)) *autoencoder.Autoencoder {
	t.Helper()
	c := autoencoder.NewTutorial()
	if change != nil {
		change(c)
	}
	ae, err := c.Build(graph.Shape{n})
	if err != nil {
		t.Fatal(err)
	}
	return ae
}

// describe lists a model's layers: name, kind and the size of the output.
func describe(m *graph.Model) string {
	lines := []string{m.Name()}
	for _, n := range m.Nodes() {
		lines = append(lines, fmt.Sprintf("%s %s %d", n.Name(), n.Layer().Kind(), n.Shape().Size()))
	}
	return strings.Join(lines, "\n")
}

func wantModels(t *testing.T, what string, ae *autoencoder.Autoencoder, want ...string) {
	t.Helper()
	for i, m := range []*graph.Model{ae.Encoder, ae.Decoder, ae.Model} {
		if got := describe(m); got != strings.TrimSpace(want[i]) {
			t.Errorf("%s:\n%s\nwant\n%s", what, got, strings.TrimSpace(want[i]))
		}
	}
}

func params(m *graph.Model) int {
	sum := 0
	for _, w := range m.Weights() {
		sum += w.Shape.Size()
	}
	return sum
}

func TestTutorial(t *testing.T) {
	ae := build(t, 784, nil)
	wantModels(t, "the tutorial", ae, `
encoder_model
encoder_input Input 784
encoder_dense_1 Dense 300
encoder_leakyrelu_1 LeakyReLU 300
encoder_dense_2 Dense 2
encoder_output LeakyReLU 2`, `
decoder_model
decoder_input Input 2
decoder_dense_1 Dense 300
decoder_leakyrelu_1 LeakyReLU 300
decoder_dense_2 Dense 784
decoder_output LeakyReLU 784`, `
AE
AE_input Input 784
encoder_model Model 2
decoder_model Model 784`)
	for m, want := range map[*graph.Model]int{ae.Encoder: 236_102, ae.Decoder: 236_884, ae.Model: 472_986} {
		if got := params(m); got != want {
			t.Errorf("%s has %d parameters, want %d", m.Name(), got, want)
		}
	}
	var names []string
	for _, w := range ae.Model.Weights() {
		names = append(names, fmt.Sprint(w.Name, w.Shape))
	}
	if want := []string{
		"encoder/encoder_dense_1/kernel(784, 300)", "encoder/encoder_dense_1/bias(300)",
		"encoder/encoder_dense_2/kernel(300, 2)", "encoder/encoder_dense_2/bias(2)",
		"decoder/decoder_dense_1/kernel(2, 300)", "decoder/decoder_dense_1/bias(300)",
		"decoder/decoder_dense_2/kernel(300, 784)", "decoder/decoder_dense_2/bias(784)",
	}; !slices.Equal(names, want) {
		t.Errorf("the weights are %q, want %q", names, want)
	}
	if !slices.Equal(ae.Model.Weights(), slices.Concat(ae.Encoder.Weights(), ae.Decoder.Weights())) {
		t.Error("the three models have weights of their own, want the same")
	}
}

func TestTwoHiddenLayers(t *testing.T) {
	hidden := []int{96, 40}
	ae := build(t, 100, func(c *autoencoder.Tutorial) {
		c.Hidden, c.Latent, c.Activation, c.Dropout, c.Output = hidden, 8, autoencoder.GELU, 0.1, autoencoder.Sigmoid
	})
	wantModels(t, "96,40 with dropout", ae, `
encoder_model
encoder_input Input 100
encoder_dense_1 Dense 96
encoder_gelu_1 GELU 96
encoder_dropout_1 Dropout 96
encoder_dense_2 Dense 40
encoder_gelu_2 GELU 40
encoder_dropout_2 Dropout 40
encoder_dense_3 Dense 8
encoder_output LeakyReLU 8`, `
decoder_model
decoder_input Input 8
decoder_dense_1 Dense 40
decoder_gelu_1 GELU 40
decoder_dropout_1 Dropout 40
decoder_dense_2 Dense 96
decoder_gelu_2 GELU 96
decoder_dropout_2 Dropout 96
decoder_dense_3 Dense 100
decoder_output Sigmoid 100`, `
AE
AE_input Input 100
encoder_model Model 8
decoder_model Model 100`)
	if !slices.Equal(hidden, []int{96, 40}) {
		t.Errorf("the option's widths became %v", hidden)
	}
}

func TestActivations(t *testing.T) {
	kinds := map[autoencoder.Activation]string{"linear": "", "leakyrelu": "LeakyReLU", "relu": "ReLU", "elu": "ELU", "silu": "SiLU",
		"gelu": "GELU", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus"}
	if got := autoencoder.Activations(); len(got) != len(kinds) || !slices.IsSorted(got) {
		t.Errorf("the activations are %q", got)
	}
	for _, name := range autoencoder.Activations() {
		if parsed, err := autoencoder.ParseActivation(string(name)); err != nil || parsed != name {
			t.Errorf("%q is read as %q (%v)", name, parsed, err)
		}
		if name == autoencoder.Linear {
			continue // no layer
		}
		ae := build(t, 6, func(c *autoencoder.Tutorial) { c.Hidden, c.Activation = []int{4}, name })
		hidden := ae.Encoder.Nodes()[2]
		if hidden.Layer().Kind() != kinds[name] || hidden.Name() != "encoder_"+string(name)+"_1" {
			t.Errorf("%s became %s %q", name, hidden.Layer().Kind(), hidden.Name())
		}
		if out := ae.Decoder.Nodes()[4].Layer().Kind(); out != "LeakyReLU" {
			t.Errorf("with %s inside, the output's activation is %s", name, out)
		}
	}
	if _, err := autoencoder.ParseActivation("swish"); err == nil || !strings.Contains(err.Error(), `leakyrelu, linear, relu, sigmoid, silu, softplus, tanh, got "swish"`) {
		t.Errorf("the error is %v", err)
	}
}

// Every LeakyReLU has the slope: the hidden one, the code's and the output's.
func TestSlope(t *testing.T) {
	for _, slope := range []float32{0.3, 0.5} {
		ae := build(t, 1, func(c *autoencoder.Tutorial) { c.Hidden, c.Latent, c.Slope = []int{1}, 1, slope })
		if err := ae.Model.Init(1); err != nil {
			t.Fatal(err)
		}
		for _, w := range ae.Model.Weights() {
			w.Data[0] = 0
			if len(w.Shape) == 2 {
				w.Data[0] = 1
			}
		}
		y, err := ae.Model.Predict(t.Context(), []float32{-1, 1})
		if err != nil {
			t.Fatal(err)
		}
		want := -math.Pow(float64(slope), 4)
		if math.Abs(float64(y[0])-want) > 1e-7 || y[1] != 1 {
			t.Errorf("slope %v: -1 and 1 become %v, want %v and 1", slope, y, want)
		}
	}
}

func TestBadSettings(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		image  graph.Shape
		change func(*autoencoder.Tutorial)
		want   string
	}{
		{graph.Shape{0}, nil, `"encoder_input" (Input): want every axis positive, got shape (0)`},
		{graph.Shape{-6}, nil, "want every axis positive, got shape (-6)"},
		{graph.Shape{1, math.MaxInt, 2}, nil, "want at most"},
		{graph.Shape{math.MaxInt}, nil, "want at most"},
		{nil, nil, "want a shape with at least one axis, got none"},
		{nil, func(c *autoencoder.Tutorial) { c.Latent = 0 }, "latent: want at least 1, got 0"},
		{nil, func(c *autoencoder.Tutorial) { c.Latent = -1 }, "latent: want at least 1, got -1"},
		{nil, func(c *autoencoder.Tutorial) { c.Hidden = nil }, "hidden: want one or more widths of at least 1, got []"},
		{nil, func(c *autoencoder.Tutorial) { c.Hidden = []int{0} }, "widths of at least 1, got [0]"},
		{nil, func(c *autoencoder.Tutorial) { c.Hidden = []int{5, -3, 4} }, "widths of at least 1, got [5 -3 4]"},
		{graph.Shape{6}, func(c *autoencoder.Tutorial) { c.Hidden = []int{math.MaxInt} }, "want at most"},
		{nil, func(c *autoencoder.Tutorial) { c.Activation = "swish" }, `activation: want one of elu, gelu, leakyrelu, linear, relu, sigmoid, silu, softplus, tanh, got "swish"`},
		{nil, func(c *autoencoder.Tutorial) { c.Activation = "" }, `tanh, got ""`},
		{nil, func(c *autoencoder.Tutorial) { c.Code = "no" }, `code: want one of elu`},
		{nil, func(c *autoencoder.Tutorial) { c.Output = "no" }, `output: want one of elu`},
		{nil, func(c *autoencoder.Tutorial) { c.Slope = -0.1 }, "slope: want a number above 0, got -0.1"},
		{nil, func(c *autoencoder.Tutorial) { c.Slope = 0 }, "slope: want a number above 0, got 0"},
		{nil, func(c *autoencoder.Tutorial) { c.Slope = nan }, "slope: want a number above 0, got NaN"},
		{nil, func(c *autoencoder.Tutorial) { c.Dropout = -0.1 }, "dropout: want a share of 0 or more and less than 1, got -0.1"},
		{nil, func(c *autoencoder.Tutorial) { c.Dropout = 1 }, "less than 1, got 1"},
		{nil, func(c *autoencoder.Tutorial) { c.Dropout = nan }, "less than 1, got NaN"},
	} {
		config := autoencoder.NewTutorial()
		if c.change != nil {
			c.change(config)
		}
		ae, err := config.Build(c.image)
		if err == nil {
			t.Errorf("%+v for %v gave a model", config, c.image)
		} else if ae != nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v for %v: the error is %q, want one with %q", config, c.image, err, c.want)
		}
	}
}
