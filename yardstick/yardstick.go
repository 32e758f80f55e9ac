// Package yardstick says what a number is worth. The error of an autoencoder alone does not tell
// whether it has learnt anything: on images that differ little, always answering with their mean has a
// small error too. A Yardstick has the errors of two answers that need no training by steps: the mean
// of the training data, and their principal components, as many as a code has numbers (the best that a
// linear autoencoder can do on them).
//
//	y, err := yardstick.Of(ctx, data.Train, latents)
//	m, err := y.Measure(ctx, model, data.Test)
//	fmt.Println(m.MSE, m.Mean, m.Components)
//	for _, w := range m.Warnings() { ... }
package yardstick

import (
	"context"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// Yardstick is what is known of the training data.
type Yardstick struct {
	Examples   int // of the training data that it is made of, evenly spaced among all
	Components int // 0 if there are none; see Of

	mean    []float64  // (numbers of an example)
	vectors *mat.Dense // (numbers, Components), orthonormal; nil if there are none
}

// Bounds of the work. The time for the components grows with the square of the numbers of an example.
const (
	maxExamples   = 4096
	maxRead       = 1 << 28 // numbers of all examples together
	maxNumbers    = 1024    // of an example, for components
	maxComponents = 128
	blockRows     = 512
)

// Of makes a yardstick from at most 4,096 examples of the training data, fewer if they are large. It
// has components if an example has at most 1,024 numbers and components is from 1 to 128 and less than
// that: otherwise they would take long, or would be no reduction. It uses the targets of the data,
// which are the inputs if there are none of their own.
func Of(ctx context.Context, ds train.Dataset, components int) (*Yardstick, error) {
	rows, err := newRows(ds)
	if err != nil {
		return nil, err
	}
	y := &Yardstick{Examples: min(ds.Len(), maxExamples, max(1, maxRead/rows.numbers)), mean: make([]float64, rows.numbers)}
	var products *mat.SymDense
	if rows.numbers <= maxNumbers && components >= 1 && components <= maxComponents && components < rows.numbers {
		y.Components, products = components, mat.NewSymDense(rows.numbers, nil)
	}
	indices := make([]int32, y.Examples)
	for i := range indices {
		indices[i] = int32(int64(i) * int64(ds.Len()) / int64(y.Examples))
	}
	if a, ok := ds.(train.Ahead); ok {
		a.Ahead(0, indices)
	}
	for len(indices) > 0 {
		n := min(len(indices), max(1, min(blockRows, maxRead/8/rows.numbers)))
		block, err := rows.read(ctx, indices[:n])
		if err != nil {
			return nil, err
		}
		indices = indices[n:]
		for i := range n {
			for j, v := range block.RawRowView(i) {
				y.mean[j] += v / float64(y.Examples)
			}
		}
		if products != nil {
			products.SymRankK(products, 1/float64(y.Examples), block.T())
		}
	}
	if products != nil {
		mean := mat.NewVecDense(rows.numbers, y.mean)
		products.SymRankOne(products, -1, mean) // now the covariance
		if y.vectors, err = leading(products, y.Components); err != nil {
			return nil, err
		}
	}
	return y, nil
}

// rows reads examples into matrices of one example a row.
type rows struct {
	ds      train.Dataset
	numbers int
	x, y    []float32
}

func newRows(ds train.Dataset) (*rows, error) {
	sx, sy := ds.Shape()
	r := &rows{ds: ds, x: make([]float32, graph.Shape(sx).Size())}
	r.numbers = len(r.x)
	if sy != nil {
		r.y = make([]float32, graph.Shape(sy).Size())
		r.numbers = len(r.y)
	}
	if ds.Len() < 1 || r.numbers < 1 {
		return nil, errors.Errorf("want at least 1 example of at least 1 number for a yardstick, got %d of %d", ds.Len(), r.numbers)
	}
	return r, nil
}

func (r *rows) read(ctx context.Context, indices []int32) (*mat.Dense, error) {
	block := mat.NewDense(len(indices), r.numbers, nil)
	for row, i := range indices {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.ds.Example(0, int(i), r.x, r.y); err != nil {
			return nil, errors.WithMessagef(err, "example %d", i)
		}
		target := r.x
		if r.y != nil {
			target = r.y
		}
		into := block.RawRowView(row)
		for j, v := range target {
			into[j] = float64(v)
		}
	}
	return block, nil
}
