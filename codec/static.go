package codec

import (
	"context"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/rans"
)

// static is the prior that has one distribution for each latent, the same for all images. It codes
// a chunk latent by latent: a long run of values with one table is fast.
type static struct{ tables []*rans.Table }

func (s *static) Kind() int    { return staticKind }
func (s *static) Latents() int { return len(s.tables) }

func (s *static) Append(dst []byte) []byte {
	for _, t := range s.tables {
		dst = t.Append(dst)
	}
	return dst
}

func readStatic(data []byte, latents int) (Prior, error) {
	if latents > len(data) {
		return nil, errors.Errorf("want %d tables, got %d bytes", latents, len(data))
	}
	c, s := cursor{data: data}, &static{}
	for range latents {
		s.tables = append(s.tables, c.table())
		if c.err != nil {
			return nil, c.err
		}
	}
	return s, c.end()
}

func (s *static) Encode(ctx context.Context, codes []int32) ([]byte, error) {
	n := len(s.tables)
	column := make([]int32, len(codes)/n)
	var e rans.Encoder
	for i, t := range s.tables {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for r := range column {
			column[r] = codes[r*n+i]
		}
		e.PutMany(t, column)
	}
	return e.Finish()
}

func (s *static) Decode(ctx context.Context, data []byte, codes []int32) error {
	n := len(s.tables)
	column := make([]int32, len(codes)/n)
	d := rans.NewDecoder(data)
	for i, t := range s.tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.GetMany(t, column)
		for r, v := range column {
			codes[r*n+i] = v
		}
	}
	return d.Close()
}
