package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// RateOptions say what a Rate measures. The zero value is useful.
type RateOptions struct {
	WeightBits int       // of a weight of the decoder network; 0: as many as pay, see codec.Fit
	Errors     []float64 // wanted squared errors of an image; each is a point of the curve
	Bits       []float64 // wanted bits of an image's code; likewise
	Effort     int       // codes are measured refined with this effort, too; see codec.Options. 0: no
	Share      int       // images that share the decoder in what counts it; 0: those that are measured

	// Progress, if not nil, is called before each step of the work, counted from 0.
	Progress func(step, steps int, what string)
}

// Rate is what models, as codecs, and the standard library's JPEG and PNG make of the same images.
// Draw and the table of the command rd show it.
type Rate struct {
	Data  string // the name of the images
	Size  images.Size
	Share int   // images that share the decoder
	Main  Point // what the pictures show: the first model as it stands, refined if there is an effort
	JPEG  []Point
	PNG   Point

	// Curves from the fewest bits of codes: without effort, codes alone and with the decoder counted,
	// and the same with effort.
	Ours, Whole, Refined, RefinedWhole []Point

	classes []string
	images  images.Source
	album   *album
	main    *compressed
	arrange arrangement // of JPEG
}

// compressed is a compressed file, and what it makes of each image.
type compressed struct {
	file         *codec.File
	bits, errors []float64
}

// MeasureRate measures models on a part of a data set, its test images or others. Codecs are fitted to
// its training images. what names the part. Several models are one curve, a point for each. One model
// alone gives a curve of several points: an ordinary autoencoder with several steps of the quantiser,
// a learned codec with several factors of its learned steps.
func MeasureRate(ctx context.Context, models []*run.Model, data *dataset.Data, part images.Source, what string, o RateOptions) (*Rate, error) {
	if len(models) == 0 || part.Len() == 0 {
		return nil, errors.Errorf("want one or more models and images, got %d and %d", len(models), part.Len())
	}
	r := &Rate{Data: what, Size: part.Size(), Share: cmp.Or(o.Share, part.Len()), classes: data.Classes, images: part}
	if c := images.ColorOf(r.Size.Channels); c == images.Auto {
		return nil, errors.Errorf("want grey images or images in colour, got %v", r.Size)
	}
	for _, m := range models[1:] {
		if a, b := models[0].Architecture(), m.Architecture(); a != b {
			return nil, errors.Errorf("want models of one architecture as one curve, got %s in %s and %s in %s", a, models[0].Path, b, m.Path)
		}
	}
	var err error
	if r.album, err = newAlbum(ctx, part, part.Len()); err != nil {
		return nil, err
	}
	w := &rateWork{Rate: r, o: o}
	w.plan(models)
	for _, m := range models {
		if err := w.model(ctx, m, data.Train); err != nil {
			return nil, errors.WithMessage(err, m.Path)
		}
	}
	sortPoints(r.Ours, r.Whole)
	sortPoints(r.Refined, r.RefinedWhole)
	return r, w.rivals(ctx)
}

// sortPoints sorts the points of two curves by the bits of the first.
func sortPoints(alone, whole []Point) {
	order := make([]int, len(alone))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return byBits(alone[i], alone[j]) })
	a, b := slices.Clone(alone), slices.Clone(whole)
	for i, from := range order {
		alone[i], whole[i] = a[from], b[from]
	}
}

func byBits(a, b Point) int { return cmp.Compare(a.BitsPerImage, b.BitsPerImage) }

// read decodes all images, and notes bits and squared error of each. It returns the mean squared
// error of the images, and the seconds that decoding took.
func (c *compressed) read(ctx context.Context, a *album) (squared, seconds float64, err error) {
	n := a.size.Numbers()
	for k := range c.file.Chunks() {
		start := time.Now()
		chunk, err := c.file.Chunk(ctx, k)
		if err != nil {
			return 0, 0, err
		}
		seconds += time.Since(start).Seconds()
		bits, err := c.file.Bits(ctx, k)
		if err != nil {
			return 0, 0, err
		}
		c.bits = append(c.bits, bits...)
		for i := range chunk.Len {
			e := float64(images.SquaredError(chunk.Pixels[i*n:][:n], a.image(chunk.First+i))) / (255 * 255)
			c.errors = append(c.errors, e)
			squared += e
		}
	}
	return squared / float64(len(c.errors)), seconds, nil
}

// Points returns all points that were measured.
func (r *Rate) Points() []Point {
	return append(slices.Concat(r.Ours, r.Whole, r.Refined, r.RefinedWhole, r.JPEG), r.PNG)
}
