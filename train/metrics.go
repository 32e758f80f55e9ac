package train

import (
	"context"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/reduce"
)

// Metrics measures how well a model reconstructs a whole data set with values in [0, 1].
type Metrics struct {
	Examples int
	Features int     // numbers in an example
	MSE      float64 // mean over examples and features
}

// RMSE is the square root of the mean squared error.
func (m Metrics) RMSE() float64 { return math.Sqrt(m.MSE) }

// SquaredError is the mean over the examples of the squared error summed over the features.
func (m Metrics) SquaredError() float64 { return m.MSE * float64(m.Features) }

// PSNR is the peak signal-to-noise ratio in decibels, 10·log10(1/MSE), of the whole set taken as
// one image.
func (m Metrics) PSNR() float64 { return -10 * math.Log10(m.MSE) }

// Measure predicts a whole data set and compares it with the targets.
func Measure(ctx context.Context, m *graph.Model, ds Dataset) (Metrics, error) {
	if err := m.Ready(); err != nil {
		return Metrics{}, err
	}
	if _, err := fits("the data", ds, m); err != nil {
		return Metrics{}, err
	}
	sum := 0.0
	err := Predict(ctx, m, ds, func(_ int, y, target []float32) error {
		sum += float64(reduce.SquaredError(y, target, 1))
		return nil
	})
	if err != nil {
		return Metrics{}, err
	}
	features := m.Out().Size()
	mse := sum / float64(ds.Len()*features)
	if math.IsNaN(mse) || math.IsInf(mse, 0) {
		return Metrics{}, errors.Errorf("want a finite mean squared error, got %v: look for NaN and large numbers in weights and data", mse)
	}
	return Metrics{Examples: ds.Len(), Features: features, MSE: mse}, nil
}

// Predict applies a model to a whole data set, batch by batch. For each batch it calls use with the
// number of the first example, the outputs and the targets, one example behind the other. Without
// targets of their own the targets of the data are the inputs. An error of use ends Predict, which
// returns it.
func Predict(ctx context.Context, m *graph.Model, ds Dataset, use func(first int, y, target []float32) error) error {
	if err := m.Ready(); err != nil {
		return err
	}
	sx, sy := ds.Shape()
	if ds.Len() < 1 || graph.Shape(sx).Size() != m.In().Size() {
		return errors.Errorf("want at least 1 example of %d numbers for model %q, got %d of shape %v",
			m.In().Size(), m.Name(), ds.Len(), sx)
	}
	size := m.PredictBatch()
	examples, b := read(ds), &batch{}
	order := inOrder(ds.Len())
	ahead(ds, 0, order)
	for first := 0; first < len(order); first += b.rows {
		b.rows = min(size, len(order)-first)
		b.x = make([]float32, b.rows*graph.Shape(sx).Size())
		target := b.x
		if sy != nil {
			b.y = make([]float32, b.rows*graph.Shape(sy).Size())
			target = b.y
		}
		if err := b.fill(examples, 0, order[first:][:b.rows]); err != nil {
			return err
		}
		y, err := m.Predict(ctx, b.x)
		if err != nil {
			return err
		}
		if err := use(first, y, target); err != nil {
			return err
		}
	}
	return nil
}
