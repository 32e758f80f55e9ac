package codec

import (
	"context"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/rans"
)

// walkRows is how many images of a chunk one goroutine takes at a time.
const walkRows = 256

// walker walks through the latents of a chunk. Its images are parts of walkRows, each with a walk of
// its own, so that all cores compute distributions. A latent is a task of the pool: each part
// completes the integers of the latent before, and prepares those of the next one.
type walker struct {
	walks  []*graph.Walk
	codes  []int32 // (images, latents)
	n      int     // latents
	latent int     // the next one

	column, values, whole []int32 // of each image: integers of a latent, less the whole part of the mean, that part
	tables                []*rans.Table
	beyond                atomic.Bool // an integer is too large
}

// walk calls code for each latent, with the tables of all images. values are the integers less the
// whole parts of their means: code uses them, or writes them. Afterwards the codes are complete.
func (p *conditional) walk(ctx context.Context, codes []int32, code func(tables []*rans.Table, values []int32) error) error {
	n := p.Latents()
	rows := len(codes) / n
	if most := p.most(); rows > most {
		return errors.Errorf("want a chunk of at most %d images for a prior with %d hidden units, got %d", most, p.hidden, rows)
	}
	w := &walker{codes: codes, n: n, column: make([]int32, rows), values: make([]int32, rows), whole: make([]int32, rows), tables: make([]*rans.Table, rows)}
	for from := 0; from < rows; from += walkRows {
		w.walks = append(w.walks, p.Walk(min(walkRows, rows-from)))
	}
	for w.latent = range n + 1 {
		if err := ctx.Err(); err != nil {
			return err
		}
		pool.Run(len(w.walks), w)
		if w.beyond.Load() {
			return errors.Errorf("want integers up to %d, got a greater one", maxCode)
		}
		if w.latent == n {
			break
		}
		if err := code(w.tables, w.values); err != nil {
			return err
		}
	}
	return nil
}

// Do completes a latent and prepares the next one, for the images of a part.
func (w *walker) Do(_, part int) {
	lo := part * walkRows
	hi := min(lo+walkRows, len(w.values))
	column, values, whole, tables := w.column[lo:hi], w.values[lo:hi], w.whole[lo:hi], w.tables[lo:hi]
	codes := w.codes[lo*w.n : hi*w.n]
	if i := w.latent - 1; i >= 0 {
		for r, v := range values {
			q := int64(v) + int64(whole[r])
			if q < -maxCode || q > maxCode {
				w.beyond.Store(true)
				return
			}
			column[r], codes[r*w.n+i] = int32(q), int32(q)
		}
	}
	if w.latent == w.n {
		return
	}
	means, logScales := w.walks[part].Next(column)
	for r := range column {
		whole[r], tables[r] = logisticTable(means[r], logScales[r])
		values[r] = codes[r*w.n+w.latent] - whole[r]
	}
}
