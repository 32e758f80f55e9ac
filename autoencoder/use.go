package autoencoder

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// Encode returns the codes of all examples of a data set, in their order: (examples, size of a code).
func (a *Autoencoder) Encode(ctx context.Context, ds train.Dataset) ([]float32, error) {
	var codes []float32
	err := train.Predict(ctx, a.Encoder, ds, func(_ int, y, _ []float32) error {
		codes = append(codes, y...)
		return nil
	})
	return codes, err
}

// Noisy returns a data set whose inputs are the examples of another as the encoder sees them in
// training, and whose targets are the examples themselves. ok is false if nothing comes between the
// model's input and its encoder: then the model does not train on noise. The noise of an example is
// the same each time, so that models can be compared. Only one goroutine may use the data set.
func (a *Autoencoder) Noisy(ds train.Dataset) (noisy train.Dataset, ok bool, err error) {
	before, err := a.corruption()
	if before == nil || err != nil {
		return nil, false, err
	}
	s, err := graph.NewSampler(before, graph.Train, 1, 0)
	return &noisyExamples{Dataset: ds, sampler: s}, true, err
}

// NoiseError measures noisy inputs, see Noisy, and what the model makes of them: both against the
// examples without noise. ok is false if the model does not train on noise.
func (a *Autoencoder) NoiseError(ctx context.Context, ds train.Dataset) (input, output train.Metrics, ok bool, err error) {
	noisy, ok, err := a.Noisy(ds)
	if !ok || err != nil {
		return input, output, false, err
	}
	x := graph.Input("input", a.Model.In()...)
	if input, err = train.Measure(ctx, graph.New("identity", x, x), noisy); err != nil {
		return input, output, false, err
	}
	output, err = train.Measure(ctx, a.Model, noisy)
	return input, output, true, err
}

// corruption returns a model of the layers between the model's input and its encoder, or nil if
// there are none.
func (a *Autoencoder) corruption() (*graph.Model, error) {
	nodes := a.Model.Nodes()
	in := graph.Input(nodes[0].Name(), a.Model.In()...)
	x := in
	for _, n := range nodes[1:] {
		if n.Model() == a.Encoder {
			break
		}
		x = graph.Call(n.Name(), n.Layer(), x)
	}
	if x == in {
		return nil, nil
	}
	m := graph.New(a.Model.Name(), in, x)
	if err := m.Init(0); err != nil {
		return nil, err
	}
	if len(m.Weights()) > 0 {
		return nil, errors.Errorf("model %q: want layers without weights before the encoder, got some with weights", a.Model.Name())
	}
	return m, nil
}

type noisyExamples struct {
	train.Dataset
	sampler *graph.Sampler
}

func (n *noisyExamples) Shape() (x, y []int) {
	x, _ = n.Dataset.Shape()
	return x, x
}

func (n *noisyExamples) Example(epoch, i int, x, y []float32) error {
	if err := n.Dataset.Example(epoch, i, y, nil); err != nil {
		return err
	}
	noisy, err := n.sampler.Run(uint64(i), y)
	copy(x, noisy)
	return err
}
