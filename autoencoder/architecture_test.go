package autoencoder_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

func TestDeep(t *testing.T) {
	ae, err := autoencoder.NewDeep().Build(graph.Shape{1, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	wantModels(t, "the deep one", ae, `
encoder_model
encoder_input Input 784
encoder_dense_1 Dense 1000
encoder_gelu_1 GELU 1000
encoder_dense_2 Dense 500
encoder_gelu_2 GELU 500
encoder_dense_3 Dense 250
encoder_gelu_3 GELU 250
encoder_dense_4 Dense 30`, `
decoder_model
decoder_input Input 30
decoder_dense_1 Dense 250
decoder_gelu_1 GELU 250
decoder_dense_2 Dense 500
decoder_gelu_2 GELU 500
decoder_dense_3 Dense 1000
decoder_gelu_3 GELU 1000
decoder_dense_4 Dense 784
decoder_output Sigmoid 784`, `
AE
AE_input Input 784
encoder_model Model 30
decoder_model Model 784`)
}

// Without activations a deep autoencoder is two matrices and their biases, here with none in
// between.
func TestLinear(t *testing.T) {
	c := autoencoder.NewDeep()
	c.Hidden, c.Latent, c.Activation, c.Output = []int{4}, 2, autoencoder.Linear, autoencoder.Linear
	ae, err := c.Build(graph.Shape{6})
	if err != nil {
		t.Fatal(err)
	}
	wantModels(t, "a linear one", ae, `
encoder_model
encoder_input Input 6
encoder_dense_1 Dense 4
encoder_dense_2 Dense 2`, `
decoder_model
decoder_input Input 2
decoder_dense_1 Dense 4
decoder_dense_2 Dense 6`, `
AE
AE_input Input 6
encoder_model Model 2
decoder_model Model 6`)
}

func TestVAE(t *testing.T) {
	c := autoencoder.NewVAE()
	c.Hidden, c.Latent = []int{5, 4}, 3
	ae, err := c.Build(graph.Shape{6})
	if err != nil {
		t.Fatal(err)
	}
	wantModels(t, "the variational one", ae, `
encoder_model
encoder_input Input 6
encoder_dense_1 Dense 5
encoder_gelu_1 GELU 5
encoder_dense_2 Dense 4
encoder_gelu_2 GELU 4
encoder_dense_3 Dense 6
kl GaussianSample 3`, `
decoder_model
decoder_input Input 3
decoder_dense_1 Dense 4
decoder_gelu_1 GELU 4
decoder_dense_2 Dense 5
decoder_gelu_2 GELU 5
decoder_dense_3 Dense 6
decoder_output Sigmoid 6`, `
AE
AE_input Input 6
encoder_model Model 3
decoder_model Model 6`)
}

// The noise of a denoising autoencoder is before the encoder and no part of it.
func TestDenoising(t *testing.T) {
	c := autoencoder.NewDenoising()
	c.Hidden, c.Latent, c.Noise = []int{5}, 3, 0.25
	ae, err := c.Build(graph.Shape{6})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := describe(ae.Model), `AE
AE_input Input 6
noise GaussianNoise 6
encoder_model Model 3
decoder_model Model 6`; got != want {
		t.Errorf("the model is\n%s\nwant\n%s", got, want)
	}
	if text, err := json.Marshal(ae.Model.Nodes()[1].Layer()); err != nil || string(text) != `{"stddev":0.25}` {
		t.Errorf("the noise is %s (%v)", text, err)
	}
	for _, bad := range []float32{0, -1, float32(math.NaN()), float32(math.Inf(1))} {
		noisy, variational := autoencoder.NewDenoising(), autoencoder.NewVAE()
		noisy.Noise, variational.Divergence = bad, bad
		for _, c := range []struct {
			config autoencoder.Config
			field  string
		}{{noisy, "noise"}, {variational, "kl"}} {
			want := fmt.Sprintf("%s: want a number above 0, got %v", c.field, bad)
			if _, err := c.config.Build(graph.Shape{6}); err == nil || err.Error() != want {
				t.Errorf("the error is %v, want %q", err, want)
			}
		}
	}
}

// The layers, shapes and 4,385 parameters of the Keras blog's network.
func TestConv(t *testing.T) {
	c := autoencoder.NewConv()
	c.Activation = autoencoder.ReLU
	ae, err := c.Build(graph.Shape{1, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	if n := params(ae.Model); n != 4385 {
		t.Errorf("%d parameters, want 4385", n)
	}
	var shapes []string
	for _, m := range []*graph.Model{ae.Encoder, ae.Decoder} {
		for _, n := range m.Nodes() {
			shapes = append(shapes, fmt.Sprint(n.Layer().Kind(), n.Shape()))
		}
	}
	want := strings.Split("Input(1, 28, 28);Conv2D(16, 28, 28);ReLU(16, 28, 28);MaxPool2D(16, 14, 14);Conv2D(8, 14, 14);ReLU(8, 14, 14);"+
		"MaxPool2D(8, 7, 7);Conv2D(8, 7, 7);ReLU(8, 7, 7);MaxPool2D(8, 4, 4);Input(8, 4, 4);Conv2D(8, 4, 4);ReLU(8, 4, 4);"+
		"UpSample2D(8, 8, 8);Conv2D(8, 8, 8);ReLU(8, 8, 8);UpSample2D(8, 16, 16);Conv2D(16, 14, 14);ReLU(16, 14, 14);"+
		"UpSample2D(16, 28, 28);Conv2D(1, 28, 28);Sigmoid(1, 28, 28)", ";")
	if !slices.Equal(shapes, want) {
		t.Errorf("the layers are %q, want %q", shapes, want)
	}
}

// Architectures of convolutions say which sizes they take.
func TestConvShapes(t *testing.T) {
	strided := autoencoder.NewStrided()
	strided.Latent = 0
	if _, err := strided.Build(graph.Shape{1, 8, 8}); err == nil || err.Error() != "latent: want at least 1, got 0" {
		t.Errorf("the error is %v", err)
	}
	for _, config := range []autoencoder.Config{autoencoder.NewConv(), autoencoder.NewStrided()} {
		for _, image := range []graph.Shape{{1, 8, 8}, {3, 16, 32}, {1, 12, 20}} {
			ae, err := config.Build(image)
			if err != nil {
				t.Fatal(err)
			}
			if !ae.Model.In().Equal(image) || !ae.Model.Out().Equal(image) {
				t.Errorf("images of %v become %v", ae.Model.In(), ae.Model.Out())
			}
		}
		for _, image := range []graph.Shape{{1, 10, 8}, {1, 8, 9}, {784}, nil, {8, 8}, {1, 1, 8, 8}} {
			want := "got " + image.String()
			if ae, err := config.Build(image); err == nil || ae != nil || !strings.Contains(err.Error(), want) ||
				!strings.HasPrefix(err.Error(), "want images of shape (channels, height, width)") {
				t.Errorf("%v: the error is %v, want one with %q", image, err, want)
			}
		}
	}
}

// Each architecture is found by its name, is built for images of several sizes in grey and colour,
// and takes and gives images.
func TestArchitectures(t *testing.T) {
	all := autoencoder.Architectures()
	if all[0].Name != "tutorial" {
		t.Errorf("the first architecture is %q", all[0].Name)
	}
	for i, a := range all {
		if slices.ContainsFunc(all[:i], func(b autoencoder.Architecture) bool { return b.Name == a.Name }) {
			t.Errorf("two architectures are called %q", a.Name)
		}
		found, err := autoencoder.Find(a.Name)
		if err != nil || found.Name != a.Name || found.About == "" {
			t.Errorf("%q is found as %+v (%v)", a.Name, found, err)
		}
		if err := a.Training.Check(); err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
		for _, image := range []graph.Shape{a.Trial, {1, 28, 28}, {1, 32, 24}, {3, 8, 16}} {
			ae, err := a.New().Build(image)
			if err != nil {
				t.Fatal(err)
			}
			if ae.Model.In().Size() != image.Size() || ae.Model.Out().Size() != image.Size() {
				t.Errorf("%s of %v: takes %v, gives %v", a.Name, image, ae.Model.In(), ae.Model.Out())
			}
			again, err := autoencoder.From(ae.Model)
			if err != nil || again.Encoder != ae.Encoder || again.Decoder != ae.Decoder {
				t.Errorf("%s of %v: its parts are not found: %v", a.Name, image, err)
			}
		}
	}
	if _, err := autoencoder.Find("shallow"); err == nil || !strings.Contains(err.Error(), `"shallow", want one of tutorial, deep`) {
		t.Errorf("the error is %v", err)
	}
}
