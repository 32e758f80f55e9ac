package codec

import (
	"context"
	"math"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/refine"
)

// refinement searches better codes for images than the encoder gives. It does so for some images
// at once; what it finds for an image does not depend on the others.
type refinement struct {
	model    *Model
	effort   effort
	codec    refine.Codec
	refiners map[int]*refine.Refiner // by the number of images
	progress func(images int)        // nil for none
	done     int                     // images before the chunk
}

// told sets who is told of the progress, in a file that has so many images.
func (r *refinement) told(progress func(images int), images int) *refinement {
	if r != nil {
		r.progress, r.done = progress, images
	}
	return r
}

// refinedBatch is how many numbers all layers of the decoder make at once while codes are refined:
// their gradients need memory, too.
func refinedBatch() int { return limit.batch / 4 }

// improve replaces codes q, the rounded z, where it finds better ones.
func (r *refinement) improve(ctx context.Context, q []int32, z []float32, pixels []byte) error {
	n, numbers := r.model.Latents(), r.model.Size.Numbers()
	made, _ := layers(r.model.Decoder)
	most := max(1, min(r.model.rows, refinedBatch()/made))
	for len(q) > 0 {
		rows := min(most, len(q)/n)
		if err := r.part(ctx, q[:rows*n], z[:rows*n], pixels[:rows*numbers]); err != nil {
			return err
		}
		q, z, pixels = q[rows*n:], z[rows*n:], pixels[rows*numbers:]
		if r.done += rows; r.progress != nil {
			r.progress(r.done)
		}
	}
	return nil
}

// part improves the codes of so many images that a refiner takes all at once.
func (r *refinement) part(ctx context.Context, q []int32, z []float32, pixels []byte) error {
	n := r.model.Latents()
	rows := len(q) / n
	f := r.refiners[rows]
	if f == nil {
		var err error
		if f, err = refine.New(r.codec, rows); err != nil {
			return err
		}
		r.refiners[rows] = f
	}
	elementwise.FromBytes(f.Images, pixels)
	c := r.codec
	for i, v := range z {
		f.Positions[i] = (v - c.Offset[i%n]) / c.Step[i%n]
	}
	if err := f.Anneal(ctx, r.effort.schedule, func() {}); err != nil {
		return err
	}
	found := newGreedy(r, f, q, pixels)
	for i, p := range f.Positions {
		if p == p { // NaN has no integer
			found.codes[i] = int32(max(-maxCode, min(maxCode, math.RoundToEven(float64(p)))))
		}
	}
	if err := found.run(ctx, r.effort.rounds); err != nil {
		return err
	}
	return r.keepBetter(ctx, q, found.best, pixels)
}

// keepBetter replaces codes by those found, where these are better. It decodes both as a reader does.
func (r *refinement) keepBetter(ctx context.Context, q, found []int32, pixels []byte) error {
	n := r.model.Latents()
	var losses [2][]float64
	for k, codes := range [][]int32{q, found} {
		decoded := make([]byte, len(pixels))
		if err := r.model.decodeIntegers(ctx, decoded, codes); err != nil {
			return err
		}
		losses[k] = make([]float64, len(q)/n)
		if err := r.losses(ctx, losses[k], codes, decoded, pixels); err != nil {
			return err
		}
	}
	for i, loss := range losses[0] {
		if losses[1][i] < loss {
			copy(q[i*n:][:n], found[i*n:][:n])
		}
	}
	return nil
}

// losses writes the loss of each code: its bits, and lambda times the squared error of the decoded
// image.
func (r *refinement) losses(ctx context.Context, loss []float64, codes []int32, decoded, pixels []byte) error {
	bits := make([]uint64, len(loss))
	if err := r.model.Prior.(refinable).cost(ctx, bits, codes); err != nil {
		return err
	}
	lambda, numbers := float64(r.codec.Lambda), r.model.Size.Numbers()
	for i, b := range bits {
		at := i * numbers
		e := perImage(images.SquaredError(decoded[at:at+numbers], pixels[at:at+numbers]), 1)
		loss[i] = float64(float64(b)/(1<<costDigits)) + float64(lambda*e)
	}
	return nil
}
