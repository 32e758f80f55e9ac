package autoencoder

import (
	"context"
	"slices"

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
func (a *Autoencoder) Noisy(ctx context.Context, ds train.Dataset) (noisy train.Dataset, ok bool, err error) {
	before, err := a.corruption(ctx)
	if before == nil || err != nil {
		return nil, false, err
	}
	s, err := graph.NewSampler(before, graph.Train, 1, 0)
	return &noisyExamples{Dataset: ds, sampler: s}, true, err
}

// NoiseError measures noisy inputs, see Noisy, and what the model makes of them: both against the
// examples without noise. ok is false if the model does not train on noise.
func (a *Autoencoder) NoiseError(ctx context.Context, ds train.Dataset) (input, output train.Metrics, ok bool, err error) {
	noisy, ok, err := a.Noisy(ctx, ds)
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

// corruption returns a model of the layers that add noise between the model's input and its encoder,
// or nil if there are none. These layers follow one another, have no weights, and change nothing
// outside of training.
func (a *Autoencoder) corruption(ctx context.Context) (*graph.Model, error) {
	nodes := a.Model.Nodes()
	at := slices.IndexFunc(nodes, func(n *graph.Node) bool { return n.Model() == a.Encoder })
	if at < 0 {
		return nil, nil
	}
	var path []*graph.Node // from the encoder back to the input
	for n := nodes[at].Inputs()[0]; n != nodes[0]; n = n.Inputs()[0] {
		if len(n.Inputs()) != 1 || n.Model() != nil || len(n.Weights()) > 0 {
			return nil, nil
		}
		path = append(path, n)
	}
	if len(path) == 0 {
		return nil, nil
	}
	in := graph.Input(nodes[0].Name(), a.Model.In()...)
	x := in
	for _, n := range slices.Backward(path) {
		x = graph.Call(n.Name(), n.Layer(), x)
	}
	m := graph.New(a.Model.Name(), in, x)
	if err := m.Err(); err != nil {
		return nil, err
	}
	probe := make([]float32, m.In().Size())
	for i := range probe {
		probe[i] = float32(i%7) / 7
	}
	if y, err := m.Predict(ctx, probe); err != nil || !slices.Equal(y, probe) {
		return nil, err
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
