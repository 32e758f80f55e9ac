package graph_test

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

func summary(t *testing.T, m *graph.Model) string {
	t.Helper()
	var b strings.Builder
	if err := m.Summary(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSummary(t *testing.T) {
	ae, err := autoencoder.NewTutorial().Build(graph.Shape{1, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	for m, want := range map[*graph.Model]string{ae.Encoder: encoderSummary, ae.Decoder: decoderSummary, ae.Model: autoencoderSummary,
		branching(): branchingSummary} {
		if got := summary(t, m); got != want[1:] {
			t.Errorf("the summary of %q is\n%s\nwant%s", m.Name(), got, want)
		}
	}
}

// branching returns a model with skip connections, a model that is applied twice, and a weight that
// is not trained.
func branching() *graph.Model {
	x := graph.Input("x", 6)
	block := graph.New("block", x, graph.Tanh("tanh", graph.Dense("dense", x, 6)))
	x = graph.Input("image", 2, 3)
	flat := graph.Flatten("flat", x)
	a := block.Apply(flat)
	b := block.Apply(a)
	counted := graph.Call("scale", scale{}, graph.Add("sum", flat, a, b))
	return graph.New("branching", x, graph.Reshape("größer", graph.Concat("", counted, a), 3, 4))
}

const encoderSummary = `
Model: "encoder_model"
┌─────────────────────────────────┬──────────────┬─────────┐
│ Layer (type)                    │ Output Shape │ Param # │
├─────────────────────────────────┼──────────────┼─────────┤
│ encoder_input (Input)           │ (None, 784)  │       0 │
│ encoder_dense_1 (Dense)         │ (None, 300)  │ 235,500 │
│ encoder_leakyrelu_1 (LeakyReLU) │ (None, 300)  │       0 │
│ encoder_dense_2 (Dense)         │ (None, 2)    │     602 │
│ encoder_output (LeakyReLU)      │ (None, 2)    │       0 │
└─────────────────────────────────┴──────────────┴─────────┘
 Total params: 236,102 (922.27 KB)
 Trainable params: 236,102 (922.27 KB)
 Non-trainable params: 0 (0.00 B)
`

const decoderSummary = `
Model: "decoder_model"
┌─────────────────────────────────┬──────────────┬─────────┐
│ Layer (type)                    │ Output Shape │ Param # │
├─────────────────────────────────┼──────────────┼─────────┤
│ decoder_input (Input)           │ (None, 2)    │       0 │
│ decoder_dense_1 (Dense)         │ (None, 300)  │     900 │
│ decoder_leakyrelu_1 (LeakyReLU) │ (None, 300)  │       0 │
│ decoder_dense_2 (Dense)         │ (None, 784)  │ 235,984 │
│ decoder_output (LeakyReLU)      │ (None, 784)  │       0 │
└─────────────────────────────────┴──────────────┴─────────┘
 Total params: 236,884 (925.33 KB)
 Trainable params: 236,884 (925.33 KB)
 Non-trainable params: 0 (0.00 B)
`

const autoencoderSummary = `
Model: "AE"
┌───────────────────────┬──────────────┬─────────┐
│ Layer (type)          │ Output Shape │ Param # │
├───────────────────────┼──────────────┼─────────┤
│ AE_input (Input)      │ (None, 784)  │       0 │
│ encoder_model (Model) │ (None, 2)    │ 236,102 │
│ decoder_model (Model) │ (None, 784)  │ 236,884 │
└───────────────────────┴──────────────┴─────────┘
 Total params: 472,986 (1.80 MB)
 Trainable params: 472,986 (1.80 MB)
 Non-trainable params: 0 (0.00 B)
`

const branchingSummary = `
Model: "branching"
┌────────────────────┬──────────────┬─────────┬──────────────────────┐
│ Layer (type)       │ Output Shape │ Param # │ Connected to         │
├────────────────────┼──────────────┼─────────┼──────────────────────┤
│ image (Input)      │ (None, 2, 3) │       0 │                      │
│ flat (Flatten)     │ (None, 6)    │       0 │ image                │
│ block (Model)      │ (None, 6)    │      42 │ flat                 │
│ block_1 (Model)    │ (None, 6)    │      42 │ block                │
│ sum (Add)          │ (None, 6)    │       0 │ flat, block, block_1 │
│ scale (test.Scale) │ (None, 6)    │       7 │ sum                  │
│ concat_1 (Concat)  │ (None, 12)   │       0 │ scale, block         │
│ größer (Reshape)   │ (None, 3, 4) │       0 │ concat_1             │
└────────────────────┴──────────────┴─────────┴──────────────────────┘
 Total params: 49 (196.00 B)
 Trainable params: 48 (192.00 B)
 Non-trainable params: 1 (4.00 B)
`
