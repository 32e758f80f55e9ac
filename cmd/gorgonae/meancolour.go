package main

import (
	"context"

	"github.com/gorgonae/gorgonae/images"
)

// colourSums are sums over pixels for each channel, from which the error of a constant colour follows.
type colourSums struct {
	pictures      int
	pixels        float64
	sums, squares []float64 // of the values and of their squares
}

func newColourSums(channels int) *colourSums {
	return &colourSums{sums: make([]float64, channels), squares: make([]float64, channels)}
}

// add adds the numbers of a picture.
func (s *colourSums) add(x []float32) {
	c := len(s.sums)
	for j, v := range x {
		s.sums[j%c] += float64(v)
		s.squares[j%c] += float64(v) * float64(v)
	}
	s.pixels += float64(len(x) / c)
	s.pictures++
}

// sumColours adds up at most a number of pictures, evenly spaced among all.
func sumColours(ctx context.Context, files *images.Files, most int) (*colourSums, error) {
	s, n := newColourSums(files.Channels()), min(files.Len(), most)
	for k := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		i := int(int64(k) * int64(files.Len()) / int64(n))
		x := make([]float32, files.SizeOf(i).Numbers())
		if err := files.Picture(i, x); err != nil {
			return nil, err
		}
		s.add(x)
	}
	return s, nil
}

// mean is the mean colour.
func (s *colourSums) mean() []float64 {
	m := make([]float64, len(s.sums))
	for c, sum := range s.sums {
		m[c] = sum / s.pixels
	}
	return m
}

// errorOf is the mean squared error of a constant colour, over all numbers.
func (s *colourSums) errorOf(colour []float64) float64 {
	e := 0.0
	for c, m := range colour {
		e += s.squares[c] - 2*m*s.sums[c] + s.pixels*m*m
	}
	return e / (s.pixels * float64(len(colour)))
}
