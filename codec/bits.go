package codec

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/rans"
)

// Bits returns how many bits each image of chunk k takes: the sum of -log2 of the probabilities
// that the prior gives to its integers. The codes of the chunk are a few bytes longer than all
// images together; format.md says how many. The decoder is not needed.
func (f *File) Bits(ctx context.Context, k int) ([]float64, error) {
	if k < 0 || k >= len(f.chunks) {
		return nil, errors.Errorf("want a chunk from 0 to %d, got %d", len(f.chunks)-1, k)
	}
	c, err := f.load(ctx, k)
	if err == nil {
		err = c.lost
	}
	if err != nil {
		return nil, err
	}
	return f.Model().Prior.Bits(ctx, c.codes)
}

func (s *static) Bits(ctx context.Context, codes []int32) ([]float64, error) {
	n := len(s.tables)
	bits := make([]float64, len(codes)/n)
	for i, t := range s.tables {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for r := range bits {
			bits[r] += t.Bits(codes[r*n+i])
		}
	}
	return bits, nil
}

// Bits walks over a copy of the codes, because a walk writes them.
func (p *conditional) Bits(ctx context.Context, codes []int32) ([]float64, error) {
	bits := make([]float64, len(codes)/p.Latents())
	err := p.walk(ctx, append([]int32(nil), codes...), func(tables []*rans.Table, values []int32) error {
		for r, t := range tables {
			bits[r] += t.Bits(values[r])
		}
		return nil
	})
	return bits, err
}
