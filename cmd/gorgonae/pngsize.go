package main

import (
	"context"

	"github.com/gorgonae/gorgonae/images"
)

// pngSize returns how many bytes the images take as PNG files. It extrapolates from at most 1000
// images.
func pngSize(ctx context.Context, from images.Source) (float64, error) {
	n := from.Len()
	tried := min(n, 1000)
	if n == 0 {
		return 0, nil
	}
	x := make([]float32, from.Size().Numbers())
	var total counter
	for k := range tried {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := from.Example(0, k*n/tried, x, nil); err != nil {
			return 0, err
		}
		if err := images.WritePNG(&total, from.Size(), images.ToBytes(x)); err != nil {
			return 0, err
		}
	}
	return float64(total) / float64(tried) * float64(n), nil
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
