package autoencoder_test

import (
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// The code of a lossless model is the image. The networks for MNIST have the size that the comment
// states.
func TestLossless(t *testing.T) {
	ae, err := autoencoder.NewLossless().Build(graph.Shape{1, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	wantModels(t, "the lossless model", ae, `
encoder_model
encoder_input Input 784`, `
decoder_model
decoder_input Input 784`, `
AE
AE_input Input 784
encoder_model Model 784
code PixelCode 784
decoder_model Model 784`)
	weights := 0
	for _, w := range ae.Model.Weights() {
		weights += w.Shape.Size()
	}
	if weights/1000 != 58 {
		t.Errorf("there are %d weights", weights)
	}
}

func TestLosslessRefuses(t *testing.T) {
	for _, c := range []struct {
		change func(*autoencoder.Lossless)
		want   string
	}{
		{func(c *autoencoder.Lossless) { c.Embedding = 0 }, "embedding: want at least 1, got 0"},
		{func(c *autoencoder.Lossless) { c.Palette = 0 }, "palette: want at least 1, got 0"},
		{func(c *autoencoder.Lossless) { c.Ink = []int{0} }, "ink: want widths of at least 1, got [0]"},
		{func(c *autoencoder.Lossless) { c.Value = []int{3, -1} }, "value: want widths of at least 1, got [3 -1]"},
	} {
		config := autoencoder.NewLossless()
		c.change(config)
		if _, err := config.Build(graph.Shape{1, 8, 8}); err == nil || err.Error() != c.want {
			t.Errorf("the error is %v, want %q", err, c.want)
		}
	}
}
