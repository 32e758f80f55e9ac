package autoencoder_test

import (
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// The code layer is between encoder and decoder, in neither of them.
func TestCodec(t *testing.T) {
	c := autoencoder.NewCodec()
	c.Hidden, c.Latent, c.DecoderHidden, c.PriorHidden = []int{5, 4}, 3, []int{7, 8}, 6
	ae, err := c.Build(graph.Shape{6})
	if err != nil {
		t.Fatal(err)
	}
	parts := []string{`
encoder_model
encoder_input Input 6
encoder_dense_1 Dense 5
encoder_silu_1 SiLU 5
encoder_dense_2 Dense 4
encoder_silu_2 SiLU 4
encoder_dense_3 Dense 3`, `
decoder_model
decoder_input Input 3
decoder_dense_1 Dense 7
decoder_silu_1 SiLU 7
decoder_dense_2 Dense 8
decoder_silu_2 SiLU 8
decoder_dense_3 Dense 6
decoder_output Sigmoid 6`}
	wantModels(t, "the codec", ae, append(parts, `
AE
AE_input Input 6
encoder_model Model 3
code ConditionalCode 3
decoder_model Model 6`)...)
	c.Prior = autoencoder.Factorized
	if ae, err = c.Build(graph.Shape{6}); err != nil {
		t.Fatal(err)
	}
	wantModels(t, "the codec with a factorised prior", ae, append(parts, `
AE
AE_input Input 6
encoder_model Model 3
code FactorizedCode 3
decoder_model Model 6`)...)
}

func TestCodecRefuses(t *testing.T) {
	for _, c := range []struct {
		change func(*autoencoder.Codec)
		want   string
	}{
		{func(c *autoencoder.Codec) { c.DecoderHidden = nil }, "decoder: want one or more widths of at least 1, got []"},
		{func(c *autoencoder.Codec) { c.DecoderHidden = []int{3, 0} }, "decoder: want one or more widths of at least 1, got [3 0]"},
		{func(c *autoencoder.Codec) { c.Prior = "gaussian" }, `prior: want one of factorized, conditional, got "gaussian"`},
		{func(c *autoencoder.Codec) { c.PriorHidden = 0 }, "prior_hidden: want at least 1, got 0"},
		{func(c *autoencoder.Codec) { c.Lambda = 0 }, "lambda: want a number above 0, got 0"},
		{func(c *autoencoder.Codec) { c.Latent = 0 }, "latent: want at least 1, got 0"},
	} {
		config := autoencoder.NewCodec()
		c.change(config)
		if _, err := config.Build(graph.Shape{6}); err == nil || err.Error() != c.want {
			t.Errorf("the error is %v, want %q", err, c.want)
		}
	}
}

// The loss of a codec is Lambda times that of the settings; other losses stay as they are.
func TestLossOfConfig(t *testing.T) {
	c := autoencoder.NewCodec()
	c.Lambda = 48
	if l := autoencoder.Loss(c, train.MSE().Sum()); l.String() != "48*mse:sum" {
		t.Errorf("the loss is %v", l)
	}
	if l := autoencoder.Loss(autoencoder.NewDeep(), train.MSE().Sum()); l != train.Loss(train.MSE().Sum()) {
		t.Errorf("the loss is %v", l)
	}
}

// The prior turns codes into the whole numbers that the model decodes.
func TestAutoencoderPrior(t *testing.T) {
	ae, err := autoencoder.NewCodec().Build(graph.Shape{1, 8, 8})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ae.Prior(); err == nil {
		t.Error("a model without weights has a prior")
	}
	if err := ae.Model.Init(1); err != nil {
		t.Fatal(err)
	}
	p, err := ae.Prior()
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 3*64)
	for i := range x {
		x[i] = float32(i%17) / 2
	}
	predict := func(m *graph.Model, x []float32) []float32 {
		y, err := m.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	codes := predict(ae.Encoder, x)
	symbols := make([]int32, len(codes))
	if err := p.Quantize(symbols, codes); err != nil {
		t.Fatal(err)
	}
	rounded := make([]float32, len(codes))
	if err := p.Dequantize(rounded, symbols); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(rounded, codes) || !slices.Equal(predict(ae.Decoder, rounded), predict(ae.Model, x)) {
		t.Error("the decoder makes of the symbols what the model does not make of the images")
	}
	deep, err := autoencoder.NewDeep().Build(graph.Shape{1, 8, 8})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := deep.Prior(); p != nil || err != nil {
		t.Errorf("deep has the prior %v (%v)", p, err)
	}
}
