package report

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

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
	model, err := f.Fit(ctx, fit.WithLambda(m.Lambda()))
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
