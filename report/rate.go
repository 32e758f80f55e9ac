package report

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"path/filepath"
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
	WeightBits int       // of a weight of the decoder network; 0: 8
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
// its training images. what names the part. Several models are one curve, a point for each. One model alone gives a curve
// of several points: an ordinary autoencoder with several steps of the quantiser, a learned codec with
// several factors of its learned steps.
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

// rateWork is a Rate that is being measured.
type rateWork struct {
	*Rate
	o           RateOptions
	factors     []float64 // of the error that quantising adds
	step, steps int
	native      *compressed // of the first model, once it was measured as it stands
}

// The default points of a model alone: factors of the squared error that quantising adds, against
// the first point. A step of the quantiser that is f times as large adds f² times the error. Learned
// codecs lose far from their own steps. After 5 epochs of the built-in handwriting, codes with 15 %
// more or 16 % fewer bits have at most 2 % more error than those of codecs that were trained for
// these bits; 30 % more bits have 7 % more error, 23 % fewer bits 11 %.
var (
	ordinaryFactors = []float64{2, 4, 8, 16, 32, 64}
	learnedFactors  = []float64{0.4, 0.65, 1.4, 1.9}
)

func (w *rateWork) plan(models []*run.Model) {
	if len(models) == 1 && len(w.o.Errors)+len(w.o.Bits) == 0 {
		w.factors = ordinaryFactors
		if learned, err := models[0].Prior(); err == nil && learned != nil {
			w.factors = learnedFactors
		}
	}
	fits := 1 + len(w.factors) + len(w.o.Errors) + len(w.o.Bits)
	if w.o.Effort > 0 {
		fits *= 2
	}
	w.steps = len(models)*(1+fits) + len(qualities) + 2
}

func (w *rateWork) next(format string, args ...any) {
	if w.o.Progress != nil {
		w.o.Progress(w.step, w.steps, fmt.Sprintf(format, args...))
	}
	w.step++
}

// model measures the points of a model.
func (w *rateWork) model(ctx context.Context, m *run.Model, training images.Source) error {
	name := runName(m)
	w.next("%s: codes of the training images", name)
	f, err := codec.NewFitter(ctx, m.Autoencoder, training)
	if err != nil {
		return err
	}
	fit := codec.FitOptions{WeightBits: w.o.WeightBits}
	as, err := w.point(ctx, m, f, fit, name)
	if err != nil {
		return err
	}
	added := max(as.Error-as.Decoder, 0.01*as.Decoder)
	if as.Error == 0 { // it is lossless
		w.factors = nil
	}
	for _, k := range w.factors {
		fit.Error = as.Decoder + k*added
		if _, err := w.point(ctx, m, f, fit, fmt.Sprintf("%s, error %.4g", name, fit.Error)); err != nil {
			return err
		}
	}
	for _, e := range w.o.Errors {
		fit.Error = e
		if _, err := w.point(ctx, m, f, fit, fmt.Sprintf("%s, error %v", name, e)); err != nil {
			return err
		}
	}
	fit.Error = 0
	for _, b := range w.o.Bits {
		fit.Bits = b
		if _, err := w.point(ctx, m, f, fit, fmt.Sprintf("%s, %v bits", name, b)); err != nil {
			return err
		}
	}
	return nil
}

// runName returns the folder of a run, or the file of a model.
func runName(m *run.Model) string {
	if filepath.Base(m.Path) == run.ModelName {
		return images.FolderName(filepath.Dir(m.Path))
	}
	return filepath.Base(m.Path)
}

// withDecoder ends the name of a codec whose points count the decoder.
const withDecoder = " with decoder"

// point fits a codec and measures it, with and without effort.
func (w *rateWork) point(ctx context.Context, m *run.Model, f *codec.Fitter, fit codec.FitOptions, setting string) (codec.Report, error) {
	w.next("%s", setting)
	if fit.Error == 0 && fit.Bits == 0 {
		fit.Lambda = m.Lambda()
	}
	model, err := f.Fit(ctx, fit)
	if err != nil {
		return codec.Report{}, err
	}
	name := "ours (" + cmp.Or(m.Architecture(), "model") + ")"
	if err := w.measure(ctx, model, 0, name, setting, &w.Ours, &w.Whole); err != nil {
		return codec.Report{}, err
	}
	if w.o.Effort > 0 && model.Refinable() {
		w.next("%s, effort %d", setting, w.o.Effort)
		name += fmt.Sprintf(" effort %d", w.o.Effort)
		setting += fmt.Sprintf(", lambda %.3g", model.Lambda)
		err = w.measure(ctx, model, w.o.Effort, name, setting, &w.Refined, &w.RefinedWhole)
	}
	w.native = w.main
	return model.Report, err
}

// measure writes a file of all images, and reads it. It adds the point to two curves, without and with
// the decoder.
func (w *rateWork) measure(ctx context.Context, model *codec.Model, effort int, name, setting string, alone, whole *[]Point) error {
	var file bytes.Buffer
	start := time.Now()
	info, err := codec.WriteTo(ctx, &file, model, w.images, nil, codec.Options{Effort: effort})
	if err != nil {
		return err
	}
	encode := time.Since(start).Seconds()
	c := &compressed{}
	if c.file, err = codec.Open(bytes.NewReader(file.Bytes()), int64(file.Len()), codec.ReadOptions{}); err != nil {
		return err
	}
	squared, decode, err := c.read(ctx, w.album)
	if err != nil {
		return err
	}
	b := info.Bytes
	share := float64(info.Images) / float64(w.Share)
	codes := newPoint(name, setting, info.Images, b.Codes, squared, w.Size.Numbers())
	all := newPoint(name+withDecoder, setting, info.Images, b.Codes+b.Frame+b.Index+int64(math.Ceil(share*float64(b.Model()))), squared, w.Size.Numbers())
	for _, p := range []*Point{&codes, &all} {
		p.EncodeSeconds, p.DecodeSeconds = encode, decode
	}
	*alone, *whole = append(*alone, codes), append(*whole, all)
	if w.native == nil {
		w.main, w.Main = c, codes
	}
	return nil
}

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
			e := float64(squaredBytes(chunk.Pixels[i*n:][:n], a.image(chunk.First+i))) / (255 * 255)
			c.errors = append(c.errors, e)
			squared += e
		}
	}
	return squared / float64(len(c.errors)), seconds, nil
}

// rivals measures the codecs of the standard library.
func (w *rateWork) rivals(ctx context.Context) error {
	w.next("%s and %s: single files or a mosaic", jpegName, pngName)
	var err error
	some := []pictureCodec{jpegAt(10), jpegAt(50), jpegAt(90)}
	if w.arrange, err = arrange(ctx, w.images, some, w.album); err != nil {
		return err
	}
	for _, q := range qualities {
		c := jpegAt(q)
		w.next("%s, %s", c.name, c.setting)
		p, err := w.album.measure(ctx, c, w.arrange, nil)
		if err != nil {
			return err
		}
		w.JPEG = append(w.JPEG, p)
	}
	w.next("%s", pngName)
	how, err := arrange(ctx, w.images, []pictureCodec{bestPNG()}, w.album)
	if err == nil {
		w.PNG, err = w.album.measure(ctx, bestPNG(), how, nil)
	}
	return err
}

// Points returns all points that were measured.
func (r *Rate) Points() []Point {
	return append(slices.Concat(r.Ours, r.Whole, r.Refined, r.RefinedWhole, r.JPEG), r.PNG)
}
