package yardstick

import (
	"context"
	"fmt"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/reduce"
	"github.com/gorgonae/gorgonae/train"
)

// Measurement compares a model with a yardstick on a data set. Errors are mean squared errors over the
// examples and their numbers.
type Measurement struct {
	train.Metrics           // of the model
	Mean          float64   // the error of the mean of the training data
	Components    float64   // the error of the principal components; meaningless if Yardstick.Components is 0
	Squared       []float64 // the model's error of each example, summed over its numbers
	Black         int       // numbers of an example for which the model always gives 0 where the data are bright on average
}

// Places are black if no output is as far from 0 as half of 1/255, though the mean of the data is at
// least bright.
const (
	dark   = 1. / 510
	bright = 0.1
)

// Measure applies a model to a data set, as train.Measure does, and compares the outputs with the
// yardstick.
func (y *Yardstick) Measure(ctx context.Context, m *graph.Model, ds train.Dataset) (Measurement, error) {
	numbers := len(y.mean)
	if err := m.Ready(); err != nil {
		return Measurement{}, err
	}
	if got := m.Out().Size(); got != numbers || ds.Len() < 1 {
		return Measurement{}, errors.Errorf("want a model with outputs of %d numbers, as the training data has, and at least 1 example, got %d and %d",
			numbers, got, ds.Len())
	}
	var model, mean, components float64
	squared := make([]float64, 0, ds.Len())
	largest, sums := make([]float32, numbers), make([]float64, numbers)
	err := train.Predict(ctx, m, ds, func(_ int, out, target []float32) error {
		model += float64(reduce.SquaredError(out, target, 1))
		for i := 0; i < len(out); i += numbers {
			squared = append(squared, float64(reduce.SquaredError(out[i:][:numbers], target[i:][:numbers], 1)))
		}
		for i, v := range out {
			largest[i%numbers] = max(largest[i%numbers], v, -v)
		}
		for i, v := range target {
			sums[i%numbers] += float64(v)
		}
		of, rest := y.errors(target)
		mean, components = mean+of, components+rest
		return nil
	})
	if err != nil {
		return Measurement{}, err
	}
	all := float64(ds.Len()) * float64(numbers)
	result := Measurement{
		Metrics: train.Metrics{Examples: ds.Len(), Features: numbers, MSE: model / all},
		Mean:    mean / all, Components: components / all, Squared: squared,
	}
	for i, v := range largest {
		if v < dark && sums[i] >= bright*float64(ds.Len()) {
			result.Black++
		}
	}
	return result, nil
}

// errors returns the squared errors of the mean and of the components, summed over examples that lie
// one behind the other. What orthonormal vectors do not explain is what is left of the length.
func (y *Yardstick) errors(target []float32) (mean, components float64) {
	numbers := len(y.mean)
	block := mat.NewDense(len(target)/numbers, numbers, nil)
	data := block.RawMatrix().Data
	for i, v := range target {
		d := float64(v) - y.mean[i%numbers]
		data[i] = d
		mean += float64(d * d)
	}
	if y.vectors == nil {
		return mean, 0
	}
	var explained mat.Dense
	explained.Mul(block, y.vectors)
	components = mean
	for _, v := range explained.RawMatrix().Data {
		components -= float64(v * v)
	}
	return mean, max(0, components)
}

// Warnings says, one a line, what shows that the model is worth nothing.
func (m *Measurement) Warnings() []string {
	var all []string
	if m.MSE > m.Mean {
		all = append(all, fmt.Sprintf("the model is worse than the mean image: an MSE of %.3g against %.3g: train longer, with a smaller learning rate or on more images",
			m.MSE, m.Mean))
	}
	if m.Black > 0 {
		all = append(all, fmt.Sprintf("the output is always 0 in %d of %d numbers where the images are not: train with a smaller learning rate, with another seed or with sigmoid as the output",
			m.Black, m.Features))
	}
	return all
}
