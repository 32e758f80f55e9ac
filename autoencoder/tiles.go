package autoencoder

import (
	"context"
	"math"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// tileNumbers bounds the numbers that a layer makes of an image, 256 MB. Larger images are computed
// in parts, if the layers allow that.
const tileNumbers = 1 << 26

// Reconstruct applies the whole model to one image, x, (height, width, channels). It computes large
// images in parts that overlap, so that the result has the bits of the whole; if the layers do not
// allow that, it computes them as a whole.
func (a *Autoencoder) Reconstruct(ctx context.Context, x []float32) ([]float32, error) {
	return a.reconstruct(ctx, x, tileNumbers)
}

func (a *Autoencoder) reconstruct(ctx context.Context, x []float32, most int) ([]float32, error) {
	core, err := a.bare()
	if err != nil || core.Model.Largest() <= most {
		return a.Model.Predict(ctx, x)
	}
	t, ok := newTiling(core.Model, most)
	if !ok {
		return a.Model.Predict(ctx, x)
	}
	in, padded := a.Model.In(), core.Model.In()
	y, err := t.predict(ctx, border(x, in, padded))
	return border(y, padded, in), err
}

// EncodeImages applies the encoder to images, one after another, (height, width, channels) each, and returns
// the codes, one after another in memory order. It computes large images in parts as Reconstruct does.
func (a *Autoencoder) EncodeImages(ctx context.Context, x []float32) ([]float32, error) {
	return a.encodeImages(ctx, x, tileNumbers)
}

func (a *Autoencoder) encodeImages(ctx context.Context, x []float32, most int) ([]float32, error) {
	core, err := a.bare()
	if err != nil {
		return a.Encoder.Predict(ctx, x)
	}
	in, padded := a.Model.In(), core.Model.In()
	return predictEach(ctx, a.Encoder, core.Encoder, x, most, func(image []float32) []float32 { return border(image, in, padded) })
}

// Decode applies a decoder to codes, one after another in memory order, and returns the images, one after
// another, (height, width, channels) each. It computes large images in parts as Reconstruct does. The decoder
// is that of an autoencoder, or one that was resized for other codes.
func Decode(ctx context.Context, decoder *graph.Model, codes []float32) ([]float32, error) {
	return decodeAll(ctx, decoder, codes, tileNumbers)
}

func decodeAll(ctx context.Context, decoder *graph.Model, codes []float32, most int) ([]float32, error) {
	return predictEach(ctx, decoder, decoder, codes, most, func(code []float32) []float32 { return code })
}

// predictEach applies a model to images or codes, one after another. If a layer of core makes more than most
// numbers of one, and the layers allow it, it computes each in parts by core, which takes what prepare makes of it.
func predictEach(ctx context.Context, m, core *graph.Model, x []float32, most int, prepare func([]float32) []float32) ([]float32, error) {
	size := m.In().Size()
	if core.Largest() <= most || len(x)%size != 0 {
		return m.Predict(ctx, x)
	}
	t, ok := newTiling(core, most)
	if !ok {
		return m.Predict(ctx, x)
	}
	y := make([]float32, 0, len(x)/size*m.Out().Size())
	for ; len(x) > 0; x = x[size:] {
		one, err := t.predict(ctx, prepare(x[:size]))
		if err != nil {
			return nil, err
		}
		y = append(y, one...)
	}
	return y, nil
}

// bare returns the autoencoder without the borders at its ends, for images that are padded already.
func (a *Autoencoder) bare() (*Autoencoder, error) {
	core := a.core()
	return a.pad(core, core)
}

// border pads an image, (height, width, channels), at the bottom and at the right with its last
// pixels, or crops it there. Shapes are (channels, height, width).
func border(x []float32, from, to graph.Shape) []float32 {
	if from.Equal(to) || x == nil {
		return x
	}
	c := from[0]
	y := make([]float32, 0, to.Size())
	for i := range to[1] {
		row := x[min(i, from[1]-1)*from[2]*c:][:from[2]*c]
		y = append(y, row[:min(from[2], to[2])*c]...)
		for range to[2] - from[2] {
			y = append(y, row[len(row)-c:]...)
		}
	}
	return y
}

// tiling computes a model for a large image in parts.
type tiling struct {
	model    *graph.Model // for a part
	whole    graph.Shape  // of the image, (channels, height, width)
	out      graph.Shape  // of the whole output
	num, den int          // size of the output divided by that of the input
	rows     []cut
	columns  []cut
}

// cut is a part of an axis: it begins at start, and gives the result from from to to. All are in
// pixels of the input.
type cut struct{ start, from, to int }

// newTiling divides the images of a model so that no layer makes more than most numbers. ok is false
// if the layers do not allow it.
func newTiling(m *graph.Model, most int) (t *tiling, ok bool) {
	r, ok := m.Reach()
	if !ok || len(m.Out()) != 3 {
		return nil, false
	}
	in := m.In()
	perPixel := (m.Largest() + in[1]*in[2] - 1) / (in[1] * in[2])
	side := int(math.Sqrt(float64(most / perPixel)))
	t = &tiling{whole: in, out: m.Out(), num: r.Num, den: r.Den}
	var height, width int
	if t.rows, height, ok = cuts(in[1], side, r); !ok {
		return nil, false
	}
	if t.columns, width, ok = cuts(in[2], side, r); !ok {
		return nil, false
	}
	part, err := m.Resize(in[0], height, width)
	if err != nil || height == in[1] && width == in[2] {
		return nil, false
	}
	t.model = part
	return t, true
}

// cuts divides an axis of n pixels into parts of the same size of at most side pixels. Sizes and
// starts of parts are such that strides fall on the same pixels as in the whole.
func cuts(n, side int, r graph.Reach) (all []cut, size int, ok bool) {
	if n <= side {
		return []cut{{0, 0, n}}, n, true
	}
	up := func(v int) int { return (v + r.Stride - 1) / r.Stride * r.Stride }
	reach := up(r.Pixels)
	size = side - ((side-n)%r.Stride+r.Stride)%r.Stride // size and n leave the same remainder
	step := (size - 2*reach) / r.Stride * r.Stride
	if step < r.Stride {
		return nil, 0, false
	}
	for start := 0; ; start += step {
		last := start+size >= n
		if last {
			start = n - size
		}
		c := cut{start, 0, n}
		if len(all) > 0 {
			c.from = start + reach
			all[len(all)-1].to = c.from
		}
		if all = append(all, c); last {
			return all, size, true
		}
	}
}

// predict computes the output of the whole image, in memory order.
func (t *tiling) predict(ctx context.Context, x []float32) ([]float32, error) {
	y := make([]float32, t.out.Size())
	in, out := t.model.In(), t.model.Out()
	part := make([]float32, in.Size())
	for _, r := range t.rows {
		for _, c := range t.columns {
			for i := range in[1] {
				copy(part[i*in[2]*in[0]:][:in[2]*in[0]], x[((r.start+i)*t.whole[2]+c.start)*in[0]:])
			}
			z, err := t.model.Predict(ctx, part)
			if err != nil {
				return nil, err
			}
			top, bottom := t.kept(r, t.whole[1], t.out[1])
			left, right := t.kept(c, t.whole[2], t.out[2])
			for i := top; i < bottom; i++ {
				from := ((i-t.scaled(r.start))*out[2] + left - t.scaled(c.start)) * out[0]
				copy(y[(i*t.out[2]+left)*out[0]:][:(right-left)*out[0]], z[from:])
			}
		}
	}
	return y, errors.WithStack(ctx.Err())
}

// scaled returns the row or column of the output at one of the input.
func (t *tiling) scaled(v int) int { return v * t.num / t.den }

// kept returns the rows or columns of the whole output that a part gives.
func (t *tiling) kept(c cut, in, out int) (from, to int) {
	if from, to = t.scaled(c.from), t.scaled(c.to); c.to == in {
		to = out
	}
	return from, to
}
