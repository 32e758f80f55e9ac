package run

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/reduce"
	"github.com/gorgonae/gorgonae/train"
)

// Pictures are images that may differ in size.
type Pictures interface {
	Len() int
	SizeOf(i int) images.Size         // of picture i
	Picture(i int, x []float32) error // writes picture i into x, (height, width, channels), from 0 (black) to 1
	File(i int) string                // the name of picture i, or ""
	Label(i int) int                  // the class of picture i, or -1
}

// group is a data set of those of some pictures that have one size.
type group struct {
	Pictures
	members []int
	size    images.Size
}

func (g group) Len() int            { return len(g.members) }
func (g group) Shape() (x, y []int) { return g.size.Shape(), nil }

func (g group) Example(_, i int, x, _ []float32) error { return g.Picture(g.members[i], x) }

// each reads one picture after the other. x is used again.
func (g group) each(ctx context.Context, use func(i int, x []float32) error) error {
	x := make([]float32, g.size.Numbers())
	for _, i := range g.members {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := g.Picture(i, x); err != nil {
			return err
		}
		if err := use(i, x); err != nil {
			return err
		}
	}
	return nil
}

// groups divides pictures by size. Each group is in the order of the pictures, and so are the groups,
// by their first members.
func groups(p Pictures) []group {
	var all []group
	at := map[images.Size]int{}
	for i := range p.Len() {
		size := p.SizeOf(i)
		k, ok := at[size]
		if !ok {
			k = len(all)
			at[size], all = k, append(all, group{Pictures: p, size: size})
		}
		all[k].members = append(all[k].members, i)
	}
	return all
}

// Reconstruct applies the model to each picture at its own size. It calls use with the number of the
// picture, the picture and its reconstruction, both (height, width, channels). Pictures of one size
// follow one another. It returns an error, before the first call of use, if the layers of the model
// do not allow the size of a picture; source names the pictures in the error.
func (m *Model) Reconstruct(ctx context.Context, source string, p Pictures, use func(i int, x, y []float32) error) error {
	return m.each(source, p, func(g group) error {
		n := g.size.Numbers()
		if m.Model.PredictBatch() == 1 { // pictures are large
			return g.each(ctx, func(i int, x []float32) error {
				y, err := m.Autoencoder.Reconstruct(ctx, x)
				if err != nil {
					return err
				}
				return use(i, x, y)
			})
		}
		return train.Predict(ctx, m.Model, g, func(first int, y, x []float32) error {
			for k := range len(x) / n {
				if err := use(g.members[first+k], x[k*n:][:n], y[k*n:][:n]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// EncodePictures returns the code of each picture at its own size, in memory order, and its shape.
// See Reconstruct.
func (m *Model) EncodePictures(ctx context.Context, source string, p Pictures) (codes [][]float32, shapes []graph.Shape, err error) {
	codes, shapes = make([][]float32, p.Len()), make([]graph.Shape, p.Len())
	err = m.each(source, p, func(g group) error {
		shape := m.Encoder.Out()
		if m.Encoder.PredictBatch() == 1 {
			return g.each(ctx, func(i int, x []float32) (err error) {
				shapes[i] = shape
				codes[i], err = m.EncodeImages(ctx, x)
				return err
			})
		}
		all, err := m.Encode(ctx, g)
		if err != nil {
			return err
		}
		for k, i := range g.members {
			codes[i], shapes[i] = all[k*shape.Size():][:shape.Size()], shape
		}
		return nil
	})
	return codes, shapes, err
}

// each resizes the model to each size of some pictures, and calls use with the pictures of that size.
func (m *Model) each(source string, p Pictures, use func(g group) error) error {
	if p.Len() < 1 {
		return errors.Errorf("want at least 1 picture, got none in %s", source)
	}
	all := groups(p)
	for _, g := range all {
		if err := m.Fit(source, g.size); err != nil {
			return errors.WithMessagef(err, "picture %s", p.File(g.members[0]))
		}
	}
	for _, g := range all {
		if err := m.Fit(source, g.size); err != nil {
			return err
		}
		if err := use(g); err != nil {
			return err
		}
	}
	return nil
}

// Errors are the errors of the reconstructions of some pictures.
type Errors struct {
	Squared []float64 // of each picture, summed over its numbers
	Numbers []int     // of each picture
	Codes   []int     // the numbers of each code
}

// Errors measures the reconstruction of each picture at its own size. It calls use, if not nil, as
// Reconstruct does.
func (m *Model) Errors(ctx context.Context, source string, p Pictures, use func(i int, x, y []float32) error) (Errors, error) {
	e := Errors{make([]float64, p.Len()), make([]int, p.Len()), make([]int, p.Len())}
	err := m.Reconstruct(ctx, source, p, func(i int, x, y []float32) error {
		e.Squared[i], e.Numbers[i], e.Codes[i] = float64(reduce.SquaredError(y, x, 1)), len(x), m.Encoder.Out().Size()
		if use == nil {
			return nil
		}
		return use(i, x, y)
	})
	return e, err
}

// MSE returns the mean squared error over all numbers of all pictures.
func (e Errors) MSE() float64 {
	sum, n := 0.0, 0
	for i, squared := range e.Squared {
		sum += squared
		n += e.Numbers[i]
	}
	return sum / float64(n)
}

// Worst returns the picture with the largest mean squared error over its numbers.
func (e Errors) Worst() int {
	worst := 0
	for i := range e.Squared {
		if e.Squared[i]*float64(e.Numbers[worst]) > e.Squared[worst]*float64(e.Numbers[i]) {
			worst = i
		}
	}
	return worst
}

// Write writes a CSV file with a row for each picture: the columns of the listing, then the mean
// squared error over the picture's numbers, the squared error summed over them, and the peak
// signal-to-noise ratio in decibels, for values from 0 to 1.
func (e Errors) Write(path string, l Listing) error {
	header := append(slices.Clone(listingHeader), "mse", "squared_error", "psnr")
	return WriteCSV(path, header, len(l), func(i int) []string {
		mse := e.Squared[i] / float64(e.Numbers[i])
		row := l[i].row()
		for _, v := range []float64{mse, e.Squared[i], -10 * math.Log10(mse)} {
			row = append(row, strconv.FormatFloat(v, 'g', 6, 64))
		}
		return row
	})
}

// sameSize is a data set as pictures.
type sameSize struct{ images.Source }

// PicturesOf returns the images of a data set, which have one size, as pictures.
func PicturesOf(set images.Source) Pictures { return sameSize{set} }

func (s sameSize) SizeOf(int) images.Size           { return s.Size() }
func (s sameSize) Picture(i int, x []float32) error { return s.Example(0, i, x, nil) }

func (s sameSize) File(i int) string {
	if f, ok := s.Source.(interface{ File(i int) string }); ok {
		return f.File(i)
	}
	return ""
}
