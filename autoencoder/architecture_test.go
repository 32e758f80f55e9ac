package autoencoder_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

func TestDeep(t *testing.T) {
	ae, err := autoencoder.Deep(autoencoder.Options{Input: 784})
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

// Without activations a deep autoencoder is two matrices and their biases, here with none in between.
func TestLinear(t *testing.T) {
	ae, err := autoencoder.Deep(autoencoder.Options{Input: 6, Hidden: []int{4}, Latent: 2, Activation: "linear", Output: "linear"})
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
	ae, err := autoencoder.VAE(autoencoder.Options{Input: 6, Hidden: []int{5, 4}, Latent: 3})
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
	ae, err := autoencoder.Denoising(autoencoder.Options{Input: 6, Hidden: []int{5}, Latent: 3, Noise: 0.25})
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
	for _, o := range []autoencoder.Options{{Input: 6, Noise: 1}, {Input: 6, Divergence: 1}} {
		if _, err := autoencoder.Deep(o); err == nil || !strings.Contains(err.Error(), "it has no ") {
			t.Errorf("%+v of the deep one: the error is %v", o, err)
		}
	}
}

// The layers, shapes and 4,385 parameters of the Keras blog's network.
func TestConv(t *testing.T) {
	ae, err := autoencoder.Conv(autoencoder.Options{Image: graph.Shape{1, 28, 28}, Activation: "relu"})
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

// Colour is three channels in and out; what does not fit is refused.
func TestConvShapes(t *testing.T) {
	for _, build := range []func(autoencoder.Options) (*autoencoder.Autoencoder, error){autoencoder.Conv, autoencoder.Strided} {
		for _, image := range []graph.Shape{{1, 8, 8}, {3, 16, 32}, {1, 12, 20}} {
			ae, err := build(autoencoder.Options{Image: image})
			if err != nil {
				t.Fatal(err)
			}
			if !ae.Model.In().Equal(image) || !ae.Model.Out().Equal(image) {
				t.Errorf("images of %v become %v", ae.Model.In(), ae.Model.Out())
			}
		}
		for _, c := range []struct {
			o    autoencoder.Options
			want string
		}{
			{autoencoder.Options{Image: graph.Shape{1, 10, 8}}, "images of shape (1, 10, 8), want"},
			{autoencoder.Options{Image: graph.Shape{1, 8, 9}}, "images of shape (1, 8, 9), want"},
			{autoencoder.Options{Input: 784}, "images of shape (), want"},
			{autoencoder.Options{}, "examples of 0 numbers"},
			{autoencoder.Options{Image: graph.Shape{1, 8, 8}, Hidden: []int{3}}, "fixed: want no hidden layers to be named, got [3]"},
			{autoencoder.Options{Image: graph.Shape{1, 8, 8}, Dropout: 0.5}, "it has no dropout, got a share of 0.5"},
		} {
			if ae, err := build(c.o); err == nil || ae != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v: the error is %v, want one with %q", c.o, err, c.want)
			}
		}
	}
	_, err := autoencoder.Conv(autoencoder.Options{Image: graph.Shape{1, 8, 8}, Latent: 3})
	if err == nil || !strings.Contains(err.Error(), "follows from the image's, got a code of 3 numbers") {
		t.Errorf("the error is %v", err)
	}
}

// Each architecture is found by its name, is built for images of several sizes, and takes and gives images.
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
		for _, image := range []graph.Shape{{1, 28, 28}, {1, 32, 24}} {
			ae, err := a.Build(image, autoencoder.Options{})
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
		_, err = a.Build(graph.Shape{1, 28, 28}, autoencoder.Options{Activation: "swish"})
		if err == nil || !strings.HasPrefix(err.Error(), a.Name+": unknown activation") {
			t.Errorf("%s with an unknown activation: the error is %v", a.Name, err)
		}
	}
	if _, err := autoencoder.Find("shallow"); err == nil || !strings.Contains(err.Error(), `"shallow", want one of tutorial, deep`) {
		t.Errorf("the error is %v", err)
	}
}
